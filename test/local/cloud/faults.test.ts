import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import {
  type MixpanelSimulator,
  type SimulatorOptions,
  startMixpanelSimulator,
} from '../../../local/mixpanel/server.ts';
import { eventIds, eventLines, jsonl } from './events.ts';
import { type ScratchCloud, type ScratchCloudOptions, startScratchCloud } from './scratch-cloud.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let simulator: MixpanelSimulator;
let cloud: ScratchCloud;

const start = async (
  simulated: SimulatorOptions,
  options: Omit<ScratchCloudOptions, 'endpoint'>,
): Promise<void> => {
  simulator = await startMixpanelSimulator(simulated);
  cloud = await startScratchCloud({ endpoint: simulator.url, backoffFirstMs: 1, ...options });
};
afterEach(async () => {
  await cloud.close();
  await simulator.close();
});

const writeEvents = async (prefix: string, count: number, extra: object = {}): Promise<string> => {
  const path = join(cloud.folder, `${prefix}.jsonl`);
  await writeFile(path, jsonl(eventLines(prefix, count, extra)));
  return path;
};

it('imports every event once though a third of the requests fail', async () => {
  const kinds = [
    '429',
    '500',
    '502',
    '503',
    'reset-before',
    'reset-after',
    'html-502',
    'cut',
    'partial',
  ] as const;
  await start(
    { faults: { seed: 7, rate: 0.33, kinds } },
    {
      recipe: {
        tuning: {
          workers: 2,
          memory: 256,
          recordsPerBatch: 50,
          requestsInFlight: 16,
          chunkBytes: 128 * 1024,
        },
      },
    },
  );
  const { state, records, requests } = await cloud.importOne(await writeEvents('faulty', 6_000));
  expect({ state, ...records }).toEqual({
    state: 'complete',
    read: 6_000,
    imported: 6_000,
    rejected: 0,
    filtered: 0,
  });
  expect(simulator.insertIds()).toEqual(new Set(eventIds('faulty', 6_000)));
  const { byFault, requests: seen } = simulator.stats();
  expect(Object.keys(byFault).sort()).toEqual([...kinds].sort());
  expect(requests.total).toBe(seen);
  expect(requests.retried).toBe(Object.values(byFault).reduce((sum, count) => sum + count));
  expect(requests.throttled).toBe(byFault['429']);
});

it('fails at once, and says why, when the API refuses the token', async () => {
  await start(
    { credentials: { token: 'the-right-one' } },
    {
      credentialsJson: JSON.stringify({ token: 'the-wrong-one' }),
      recipe: { tuning: { workers: 2, memory: 256, chunkBytes: 64 * 1024 } },
    },
  );
  const { state, failures, records, chunks } = await cloud.importOne(await writeEvents('refused', 2_000));
  expect({ state, ...records }).toEqual({ state: 'failed', read: 0, imported: 0, rejected: 0, filtered: 0 });
  expect(chunks.failed).toBe(chunks.total);
  expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['API_UNAUTHORIZED']));
  expect(failures[0]!.message).toMatch(/answered HTTP 401: .*Check the token/);
  expect(JSON.stringify(failures)).not.toContain('the-wrong-one');
  expect(simulator.stats().requests).toBeLessThanOrEqual(chunks.failed * 4);
});

it('goes on where it was when a sender runs out of time', async () => {
  const tuning = {
    workers: 2,
    memory: 256,
    recordsPerBatch: 50,
    requestsInFlight: 1,
    chunkBytes: 256 * 1024,
  };
  await start({ responseMs: 250 }, { senderTimeoutMs: 3_000, recipe: { tuning } });
  const { state, records, chunks } = await cloud.importOne(await writeEvents('slow', 2_000));
  expect({ state, ...records }).toEqual({
    state: 'complete',
    read: 2_000,
    imported: 2_000,
    rejected: 0,
    filtered: 0,
  });
  expect(simulator.insertIds()).toEqual(new Set(eventIds('slow', 2_000)));
  expect(cloud.stats('sender').invocations).toBeGreaterThanOrEqual(2 * chunks.done);
});

it('rejects the record that its senders are killed by, and imports the others', async () => {
  const tuning = { workers: 2, memory: 128, recordBytesMax: 10_000_000, recordsPerBatch: 16 };
  await start({}, { recipe: { tuning } });
  const large = eventLines('large', 1, { note: Buffer.from(randomBytes(7_000_000)).toString('base64') });
  const lines = [...eventLines('before', 30), ...large, ...eventLines('after', 30)];
  const path = join(cloud.folder, 'poison.jsonl');
  await writeFile(path, jsonl(lines));
  const report = await cloud.importOne(path);
  expect(report).toMatchObject({
    state: 'complete',
    records: { read: 61, imported: 60, rejected: 1 },
    rejects: { byReason: { SENDER_KILLED: 1 } },
  });
  expect(simulator.insertIds()).toEqual(new Set([...eventIds('before', 30), ...eventIds('after', 30)]));
});
