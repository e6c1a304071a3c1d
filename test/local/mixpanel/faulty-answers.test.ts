import { afterEach, describe, expect, it } from 'vitest';
import type { FaultScript } from '../../../local/mixpanel/faults.ts';
import { type MixpanelSimulator, startMixpanelSimulator } from '../../../local/mixpanel/server.ts';
import { post, sampleEvents } from './requests.ts';

let simulator: MixpanelSimulator;
afterEach(() => simulator.close());

async function startWith(faults: FaultScript): Promise<void> {
  simulator = await startMixpanelSimulator({ faults });
}

it.each(['429', '500', '502', '503', '504', '524'] as const)(
  'answers %s and stores nothing',
  async (kind) => {
    await startWith([kind]);
    const response = await post(simulator, sampleEvents(4));
    expect(response.status).toBe(Number(kind));
    expect(await response.json()).toMatchObject({ code: Number(kind) });
    expect(simulator.stats()).toMatchObject({ unique: 0, byStatus: { [kind]: 1 }, byFault: { [kind]: 1 } });
    expect((await post(simulator, sampleEvents(4))).status).toBe(200);
  },
);

it('says when to come back if the plan does', async () => {
  await startWith(['429', { kind: '429', retryAfterSeconds: 7 }]);
  expect((await post(simulator, sampleEvents(1))).headers.has('retry-after')).toBe(false);
  expect((await post(simulator, sampleEvents(1))).headers.get('retry-after')).toBe('7');
  expect(simulator.stats().throttled).toBe(2);
});

it.each([
  ['html-200', 200],
  ['html-413', 413],
  ['html-502', 502],
] as const)('answers %s with a page and stores nothing', async (kind, status) => {
  await startWith([kind]);
  const response = await post(simulator, sampleEvents(4));
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('text/html');
  expect(await response.text()).toContain(`<h1>${status} `);
  expect(simulator.stats().unique).toBe(0);
});

describe('a lost connection', () => {
  it('before the body stores nothing', async () => {
    await startWith(['reset-before']);
    await expect(post(simulator, sampleEvents(4))).rejects.toThrow();
    expect(simulator.stats()).toMatchObject({ unique: 0, byStatus: { reset: 1 } });
  });

  it('after the body stores everything', async () => {
    await startWith(['reset-after']);
    await expect(post(simulator, sampleEvents(4))).rejects.toThrow();
    expect(simulator.stats()).toMatchObject({ unique: 4, byStatus: { reset: 1 } });
  });

  it('in the middle of the answer stores everything', async () => {
    await startWith(['cut']);
    await expect(post(simulator, sampleEvents(4)).then((response) => response.text())).rejects.toThrow();
    expect(simulator.stats()).toMatchObject({ unique: 4 });
  });
});

it('stores half of a batch when it fails midway', async () => {
  await startWith(['partial']);
  expect((await post(simulator, sampleEvents(4))).status).toBe(503);
  expect([...simulator.insertIds()]).toEqual(['insert-0', 'insert-1']);
  expect((await post(simulator, sampleEvents(4))).status).toBe(200);
  expect(simulator.stats()).toMatchObject({ accepted: 6, unique: 4 });
});

it('answers late when slow', async () => {
  await startWith([{ kind: 'slow', delayMs: 50 }]);
  const startedMs = performance.now();
  expect((await post(simulator, sampleEvents(4))).status).toBe(200);
  expect(performance.now() - startedMs).toBeGreaterThan(45);
});

it('hangs until the client gives up', async () => {
  await startWith(['hang']);
  const request = fetch(`${simulator.url}/import`, {
    method: 'POST',
    body: '[]',
    signal: AbortSignal.timeout(50),
  });
  await expect(request).rejects.toThrow('timeout');
  expect((await post(simulator, sampleEvents(1))).status).toBe(200);
});
