import { createRequire } from 'node:module';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ImportEvent } from '../../../local/mixpanel/import-event.ts';
import { type MixpanelSimulator, startMixpanelSimulator } from '../../../local/mixpanel/server.ts';
import { sampleEvents } from './requests.ts';

type Callback = (error?: unknown) => void;

/** The parts of the official client used here; its own types take events as strings and know no `key`. */
interface OfficialClient {
  import(event: string, time: Date, properties: object, callback: Callback): void;
  import_batch(events: ImportEvent[], options: object, callback: Callback): void;
}
const Mixpanel: { init(token: string, config: object): OfficialClient } = createRequire(import.meta.url)(
  'mixpanel',
);

let simulator: MixpanelSimulator;
let mixpanel: OfficialClient;

beforeEach(async () => {
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY']) vi.stubEnv(name, ''); // the client would use them even for 127.0.0.1
  simulator = await startMixpanelSimulator({ credentials: { token: 'the-token' } });
  mixpanel = client('the-token');
});
afterEach(() => {
  vi.unstubAllEnvs();
  return simulator.close();
});

/** The official client takes its secrets over HTTPS only; over HTTP it authenticates by `key`. */
function client(key: string): OfficialClient {
  const logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
  const host = new URL(simulator.url).host;
  return Mixpanel.init('the-token', { host, protocol: 'http', key, keepAlive: false, logger });
}

const settled = (send: (callback: Callback) => void) =>
  new Promise<void>((resolve, reject) => send((error) => (error ? reject(error) : resolve())));

it('takes every event of import_batch of the official client', async () => {
  const events = sampleEvents(1_234).map(({ event, properties }) => ({
    event,
    properties: { ...properties, note: '+/=ü' },
  }));
  await settled((callback) =>
    mixpanel.import_batch(structuredClone(events), { max_concurrent_requests: 4 }, callback),
  );
  const received = simulator
    .events()
    .map(({ event, properties: { token, ...properties } }) => ({ event, properties }));
  expect(new Set(received.map((event) => JSON.stringify(event, sortedKeys)))).toEqual(
    new Set(events.map((event) => JSON.stringify(event, sortedKeys))),
  );
  expect(received).toHaveLength(1_234);
  expect(simulator.stats().requests).toBe(Math.ceil(1_234 / 50));
});

it('takes every event of import of the official client', async () => {
  for (const { event, properties } of sampleEvents(20)) {
    await settled((callback) =>
      mixpanel.import(event, new Date(Number(properties.time)), { ...properties }, callback),
    );
  }
  expect(simulator.insertIds()).toEqual(
    new Set(sampleEvents(20).map(({ properties }) => properties.$insert_id)),
  );
});

it('lets the official client know that its key is wrong', async () => {
  const sent = settled((callback) =>
    client('wrong').import_batch(structuredClone(sampleEvents(1)), {}, callback),
  );
  await expect(sent).rejects.toBeDefined();
  expect(simulator.events()).toEqual([]);
});

function sortedKeys(_: string, value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? Object.fromEntries(Object.entries(value).sort()) : value;
}
