import { afterEach, expect, it } from 'vitest';
import {
  type MixpanelSimulator,
  type SimulatorOptions,
  startMixpanelSimulator,
} from '../../../local/mixpanel/server.ts';
import { answer, post, sampleEvent, sampleEvents } from './requests.ts';

let simulator: MixpanelSimulator;
afterEach(() => simulator.close());

async function start(options: SimulatorOptions): Promise<void> {
  simulator = await startMixpanelSimulator(options);
}

it('keeps the last of events with the same name, distinct_id, time and $insert_id', async () => {
  await start({});
  const seconds = { time: 1_700_000_000, round: 1 };
  const milliseconds = { time: 1_700_000_000_000, round: 2 };
  await post(simulator, [sampleEvent(0, seconds), sampleEvent(0, milliseconds)]);
  expect(simulator.events()).toEqual([sampleEvent(0, milliseconds)]);
  expect(simulator.stats()).toMatchObject({ accepted: 2, unique: 1 });
});

it.each([
  ['time', { time: 1 }],
  ['distinct_id', { distinct_id: 'other' }],
  ['$insert_id', { $insert_id: 'other' }],
])('keeps events apart that differ in %s', async (_, difference) => {
  await start({ keep: 'ids', limits: { timeMinMs: 0 } });
  await post(simulator, [sampleEvent(0), sampleEvent(0, difference)]);
  expect(simulator.stats().unique).toBe(2);
});

it('knows what it stored by fingerprint alone', async () => {
  await start({ keep: 'ids' });
  await post(simulator, sampleEvents(50));
  await post(simulator, sampleEvents(60));
  expect(simulator.stats()).toMatchObject({ accepted: 110, unique: 60 });
  expect(simulator.has(sampleEvent(59))).toBe(true);
  expect(simulator.has(sampleEvent(60))).toBe(false);
  expect(() => simulator.events()).toThrow("start it with keep: 'all'");
});

it('only counts when told so', async () => {
  await start({ keep: 'counts' });
  await post(simulator, sampleEvents(50));
  expect(simulator.stats()).toMatchObject({ accepted: 50, unique: null });
  expect(() => simulator.has(sampleEvent(0))).toThrow("start it with keep: 'ids' or 'all'");
});

it('refuses a batch it has no room for, and keeps none of it', async () => {
  await start({ eventsKeptMax: 10 });
  await post(simulator, sampleEvents(9));
  const { status, body } = await answer(post(simulator, [sampleEvent(10), sampleEvent(11)]));
  expect(status).toBe(507);
  expect(body).toMatchObject({ error: expect.stringContaining('at most 10 events') });
  expect(simulator.stats().unique).toBe(9);
});

it('shows totals and events to other processes, and forgets them on reset', async () => {
  await start({ faults: ['ok', '503'] });
  await post(simulator, sampleEvents(3));
  const control = (path: string, method = 'GET') => fetch(`${simulator.url}/_simulator/${path}`, { method });
  expect(await (await control('stats')).json()).toEqual(simulator.stats());
  const lines = (await (await control('events')).text()).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual(sampleEvents(3));
  expect((await control('reset', 'POST')).status).toBe(200);
  expect(simulator.stats()).toMatchObject({ requests: 0, accepted: 0, unique: 0, byStatus: {} });
  expect((await post(simulator, sampleEvents(1))).status).toBe(200);
  expect((await post(simulator, sampleEvents(1))).status).toBe(503);
  expect((await control('nothing')).status).toBe(404);
});

it('says over HTTP that events are not kept', async () => {
  await start({ keep: 'counts' });
  const response = await fetch(`${simulator.url}/_simulator/events`);
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({ code: 'SIMULATOR_EVENTS_NOT_KEPT' });
});
