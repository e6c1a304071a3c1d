import { hash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { jsonl } from './events.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { type ScratchCloud, startScratchCloud } from './scratch-cloud.ts';

const FIRST_DAY_SECONDS = 978_307_200;
const DATASET = new URL('../../../node_modules/vega-datasets/data/flights-200k.json', import.meta.url);

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let receiver: Receiver;
let cloud: ScratchCloud;

beforeAll(async () => {
  receiver = await startReceiver();
  cloud = await startScratchCloud({
    endpoint: receiver.url,
    recipe: {
      fields: {
        event: { constant: 'Flight' },
        time: { column: 'at' },
        distinct_id: { column: 'distance', keep: true },
      },
      insertId: 'position',
      tuning: { workers: 2, memory: 256, chunkBytes: 1024 * 1024, compressionLevel: 1 },
    },
  });
});
afterAll(async () => {
  await cloud.close();
  await receiver.close();
});

type Row = Readonly<Record<string, unknown>>;

it('imports 200,000 flights, equal ones too, with every value as it was', async () => {
  const dataset: readonly Record<string, number>[] = JSON.parse(await readFile(DATASET, 'utf8'));
  const flights = dataset.map(({ delay, distance, time }) => ({ delay, distance, hours: time }));
  const path = join(cloud.folder, 'flights.jsonl');
  const dated = flights.map((flight, i) => JSON.stringify({ ...flight, at: FIRST_DAY_SECONDS + i }));
  await writeFile(path, jsonl(dated));

  const { state, records } = await cloud.importOne(path);

  const all = flights.length;
  expect({ state, ...records }).toEqual({
    state: 'complete',
    read: all,
    imported: all,
    rejected: 0,
    filtered: 0,
  });
  expect(receiver.events.size).toBe(all);
  const arrived = Array.from(receiver.events.values(), ({ properties }) => properties);
  expect(fingerprint(arrived)).toBe(fingerprint(flights));
});

/** Of all rows, whatever their order. */
const fingerprint = (flights: readonly Row[]): string => {
  const rows = flights.map(({ delay, distance, hours }) => JSON.stringify([delay, distance, hours])).sort();
  return hash('sha256', rows.join());
};
