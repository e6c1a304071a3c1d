import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type MixpanelSimulator,
  type SimulatorOptions,
  startMixpanelSimulator,
} from '../../../local/mixpanel/server.ts';
import { answer, post, sampleEvent, sampleEvents } from './requests.ts';

let simulator: MixpanelSimulator;
afterEach(() => simulator.close());

async function start(options: SimulatorOptions = {}): Promise<MixpanelSimulator> {
  simulator = await startMixpanelSimulator(options);
  return simulator;
}

const okay = (count: number) => ({
  status: 200,
  body: { code: 200, num_records_imported: count, status: 'OK' },
});

describe('what POST /import takes', () => {
  it('stores the events of a JSON array', async () => {
    await start();
    expect(await answer(post(simulator, sampleEvents(3)))).toEqual(okay(3));
    expect(simulator.events()).toEqual(sampleEvents(3));
  });

  it('answers JSON with the documented fields in the documented order', async () => {
    await start();
    const response = await post(simulator, sampleEvents(1));
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe('{"code":200,"num_records_imported":1,"status":"OK"}');
  });

  it('stores gzipped NDJSON, blank lines and a missing last newline aside', async () => {
    await start();
    const lines = sampleEvents(3).map((event) => JSON.stringify(event));
    const body = `${lines[0]}\n\n${lines[1]}\r\n${lines[2]}`;
    const sent = post(simulator, body, { contentType: 'application/x-ndjson; charset=utf-8', gzip: true });
    expect(await answer(sent)).toEqual(okay(3));
    expect(simulator.insertIds()).toEqual(new Set(['insert-0', 'insert-1', 'insert-2']));
    expect(simulator.stats()).toMatchObject({ bytesUncompressed: body.length });
    expect(simulator.stats().bytesCompressed).toBe(gzipSync(body).length);
  });

  it('takes 2,000 events and refuses 2,001', async () => {
    await start();
    expect(await answer(post(simulator, sampleEvents(2_000)))).toEqual(okay(2_000));
    expect(await answer(post(simulator, sampleEvents(2_001)))).toEqual({
      status: 400,
      body: { code: 400, error: 'request exceeds max limit of 2000 events', status: 'Bad Request' },
    });
    const lines = sampleEvents(2_001).map((event) => JSON.stringify(event));
    const asLines = post(simulator, lines.join('\n'), { contentType: 'application/x-ndjson' });
    expect((await asLines).status).toBe(400);
  });

  it.each([
    ['JSON that does not parse', '[{"event":', {}],
    ['one bad line', `${JSON.stringify(sampleEvent(1))}\nnot json`, { contentType: 'application/x-ndjson' }],
    ['an object instead of an array', '{}', {}],
    ['no events', '[]', {}],
    ['a content type it does not know', '[]', { contentType: 'text/plain' }],
  ])('refuses %s without listing records', async (_, body, options) => {
    await start();
    const { status, body: reply } = await answer(post(simulator, body, options));
    expect(status).toBe(400);
    expect(reply).not.toHaveProperty('failed_records');
    expect(simulator.stats()).toMatchObject({ accepted: 0, unique: 0 });
  });

  it.each(['deflate', 'gzip'])('refuses a body that is not the %s it claims', async (encoding) => {
    await start();
    const headers = { authorization: `Basic ${btoa('t:')}`, 'content-encoding': encoding };
    const response = await fetch(`${simulator.url}/import`, { method: 'POST', headers, body: '[]' });
    expect(response.status).toBe(400);
  });
});

describe('the body limit', () => {
  const tooLarge = {
    status: 413,
    body: {
      code: 413,
      error: 'request exceeds max limit of 2097152 bytes',
      status: 'Request Entity Too Large',
    },
  };

  it('counts uncompressed bytes, and takes exactly that many', async () => {
    await start({ limits: { bodyBytesMax: 2_097_152 } });
    const body = JSON.stringify(sampleEvents(1)).padEnd(2_097_152, ' ');
    expect(await answer(post(simulator, body, { gzip: true }))).toEqual(okay(1));
    expect(await answer(post(simulator, `${body} `, { gzip: true }))).toEqual(tooLarge);
    expect(await answer(post(simulator, `${body} `))).toEqual(tooLarge);
  });

  it('stops inflating a body at the limit', async () => {
    await start({ limits: { bodyBytesMax: 2_097_152 } });
    const bomb = ' '.repeat(30_000_000);
    expect(await answer(post(simulator, bomb, { gzip: true }))).toEqual(tooLarge);
    expect(simulator.stats().bytesUncompressed).toBe(0);
  });

  it('answers a body far over the limit after reading past it', async () => {
    await start({ limits: { bodyBytesMax: 2_097_152 } });
    expect(await answer(post(simulator, ' '.repeat(4_000_000)))).toEqual(tooLarge);
  });

  it('is 10,000,000 bytes unless set', async () => {
    await start();
    const body = JSON.stringify(sampleEvents(1)).padEnd(10_000_000, ' ');
    expect((await post(simulator, body)).status).toBe(200);
    expect((await post(simulator, `${body} `)).status).toBe(413);
  });
});

describe('rate limits', () => {
  const quota = { eventsPerMinute: 10, bytesPerMinute: 1_000_000 };

  it('refuses what exceeds the minute, and takes it when the minute has passed', async () => {
    let nowMs = Date.now();
    await start({ quota, now: () => nowMs });
    expect(await answer(post(simulator, sampleEvents(10)))).toEqual(okay(10));
    expect(await answer(post(simulator, sampleEvents(1)))).toEqual({
      status: 429,
      body: {
        code: 429,
        error: 'Project exceeded rate limits. Please retry the request with exponential backoff.',
        status: 'Too Many Requests',
      },
    });
    nowMs += 61_000;
    expect(await answer(post(simulator, sampleEvents(1)))).toEqual(okay(1));
    expect(simulator.stats()).toMatchObject({ throttled: 1, byStatus: { 200: 2, 429: 1 } });
  });

  it('charges for refused events but not for refused credentials', async () => {
    await start({ quota, credentials: { token: 'a-token' } });
    await post(simulator, sampleEvents(10), { authorization: `Basic ${btoa('other:')}` });
    await post(simulator, new Array(10).fill({}));
    expect((await post(simulator, sampleEvents(1))).status).toBe(429);
  });

  it('answers the older form without strict=1', async () => {
    await start({ quota });
    await post(simulator, sampleEvents(10));
    expect(await answer(post(simulator, sampleEvents(1), { query: 'strict=0' }))).toEqual({
      status: 429,
      body: {
        error: 'Project exceeded rate limits. Please retry the request with exponential backoff.',
        status: 0,
      },
    });
  });
});

it('refuses credentials that are not the project’s', async () => {
  await start({ credentials: { token: 'another' } });
  expect(await answer(post(simulator, sampleEvents(1)))).toEqual({
    status: 401,
    body: { code: 401, error: 'Invalid credentials', status: 'Unauthorized' },
  });
});

it.each(['/engage', '/groups', '/track', '/lookup-tables/1'])(
  'says that %s is not simulated',
  async (path) => {
    await start();
    const { status, body } = await answer(post(simulator, '[]', { path }));
    expect(status).toBe(404);
    expect(body).toMatchObject({ error: `POST ${path} is not simulated; only POST /import is` });
  },
);

it('closes while a request hangs and another is late', async () => {
  await start({ faults: ['hang', { kind: 'slow', delayMs: 60_000 }] });
  const requests = [post(simulator, sampleEvents(1)), post(simulator, sampleEvents(1))];
  const settled = Promise.allSettled(requests);
  await expect.poll(() => simulator.stats().requests, { timeout: 10_000 }).toBe(2);
  await simulator.close();
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await start();
});
