import { afterEach, describe, expect, it } from 'vitest';
import {
  type MixpanelSimulator,
  type SimulatorOptions,
  startMixpanelSimulator,
} from '../../../local/mixpanel/server.ts';
import { answer, post, sampleEvent } from './requests.ts';

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

describe('validation', () => {
  it('stores valid events and lists the invalid ones by index', async () => {
    await start();
    const events = [sampleEvent(0), sampleEvent(1, { time: 'yesterday' }), sampleEvent(2)];
    expect(await answer(post(simulator, events))).toEqual({
      status: 400,
      body: {
        code: 400,
        error: 'some data points in the request failed validation',
        num_records_imported: 2,
        status: 'Bad Request',
        failed_records: [
          {
            index: 1,
            insert_id: 'insert-1',
            field: 'properties.time',
            message: "'properties.time' is invalid: must be specified as seconds since epoch",
          },
        ],
      },
    });
    expect(simulator.insertIds()).toEqual(new Set(['insert-0', 'insert-2']));
    expect(simulator.stats()).toMatchObject({ accepted: 2, rejected: 1, byStatus: { 400: 1 } });
  });

  it('imports nothing beside an identity verb in a simplified project, and lists it as a string', async () => {
    await start();
    const verb = { event: '$identify', properties: { $identified_id: 'a', $anon_id: 'b' } };
    expect(await answer(post(simulator, [sampleEvent(0), verb]))).toMatchObject({
      status: 400,
      body: {
        num_records_imported: 0,
        failed_records: [
          'identity events are not allowed when project is using simplified identity management',
        ],
      },
    });
    expect(simulator.events()).toEqual([]);
  });

  it('takes identity verbs as events in an original project', async () => {
    await start({ identity: 'original' });
    const verb = { ...sampleEvent(0), event: '$merge' };
    expect(await answer(post(simulator, [verb]))).toEqual(okay(1));
  });

  it('drops an event with $ignore silently', async () => {
    await start();
    expect(await answer(post(simulator, [sampleEvent(0, { $ignore: true })]))).toEqual(okay(1));
    expect(simulator.stats()).toMatchObject({ accepted: 1, ignored: 1, unique: 0 });
  });

  it('names the property whose bytes are not UTF-8', async () => {
    await start();
    const [before = '', after = ''] = JSON.stringify([sampleEvent(0, { utm_source: '?' })]).split('?');
    const body = Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)]);
    expect(await answer(post(simulator, body))).toMatchObject({
      status: 400,
      body: {
        failed_records: [{ message: 'properties.utm_source is invalid: string should be valid utf8' }],
      },
    });
  });
});

describe('without strict=1', () => {
  it.each([
    ['strict=0', 'text/plain', '1'],
    ['strict=0&verbose=1', 'application/json', '{"status":1,"error":null}'],
  ])('answers success to ?%s whatever it drops', async (query, contentType, text) => {
    await start();
    const events = [sampleEvent(0), { event: 'No time', properties: {} }, { event: '' }];
    const response = await post(simulator, events, { query });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(contentType);
    expect(await response.text()).toBe(text);
    expect(simulator.stats()).toMatchObject({ accepted: 1, rejected: 2, unique: 1 });
  });

  it('generates a missing $insert_id, so a resend is a second event', async () => {
    await start();
    const event = sampleEvent(0, { $insert_id: undefined });
    await post(simulator, [event], { query: 'strict=0' });
    await post(simulator, [event], { query: 'strict=0' });
    expect(simulator.stats().unique).toBe(2);
  });
});
