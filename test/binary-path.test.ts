import { describe, expect, it } from 'vitest';
import type { RecipeInput } from '../lib/recipe/schema.ts';
import { BINARY_FILES, COLUMNS, withChunks } from './binary-files.ts';
import { avroBytes, long } from './frame/avro/avro-files.ts';
import { flat, parquetFile } from './frame/parquet/parquet-files.ts';
import { importFile } from './import-file.ts';
import { SEEN_EVENTS } from './seen-events.ts';

const COUNT = SEEN_EVENTS.length;
const EXPECTED = SEEN_EVENTS.map(({ event, ...properties }) => properties);

const expectWhole = ({ report, sent }: Awaited<ReturnType<typeof importFile>>, body: Buffer): void => {
  expect(report).toMatchObject({
    state: 'complete',
    failures: [],
    records: { read: COUNT, imported: COUNT, rejected: 0, filtered: 0 },
  });
  expect(report.bytes.read).toBe(body.length);
  expect(sent.map(({ $insert_id, ...properties }) => properties)).toEqual(EXPECTED);
};

describe.each(Object.entries(BINARY_FILES))('%s', (key, body) => {
  it.each([4_096, 9_999, 1_000_000])('gives the same events in chunks of %d', async (chunkBytes) => {
    const result = await importFile({ key, body, recipe: withChunks(chunkBytes) });
    expectWhole(result, body);
    expect(result.report.source).toMatchObject({ format: key.split('.')[1], compression: 'none' });
    if (chunkBytes < body.length / 2) expect(result.chunks).toBeGreaterThan(1);
    if (chunkBytes > body.length * 10) expect(result.chunks).toBe(1);
  });

  it('loses nothing where senders go on in the middle of a chunk', async () => {
    const recipe = withChunks(9_999, { recordsPerBatch: 7, requestsInFlight: 2, highWater: 16 });
    const result = await importFile({ key, body, recipe, failsEvery: 5 });
    expectWhole(result, body);
    const continuations = result.receipts.reduce(
      (sum, receipt) => sum + (receipt.kind === 'chunk-done' ? receipt.progress.continuations : 0),
      0,
    );
    expect(continuations).toBeGreaterThan(3);
  });

  it('counts once where its notification comes twice', async () => {
    const recipe = { ...withChunks(4_096), insertId: 'position' as const };
    const once = await importFile({ key, body, recipe });
    const twice = await importFile({ key, body, recipe, times: 2 });
    expect(twice.chunks).toBe(once.chunks * 2);
    expect(twice.report).toEqual(once.report);
    expect(twice.received).toBe(COUNT * 2);
    expect(twice.sent).toEqual(once.sent);
  });

  it('has one id for each place, however it is cut', async () => {
    const ids = async (chunkBytes: number, failsEvery?: number) => {
      const recipe = { ...withChunks(chunkBytes, { recordsPerBatch: 9 }), insertId: 'position' as const };
      const { sent } = await importFile({ key, body, recipe, ...(failsEvery && { failsEvery }) });
      return sent.map(({ $insert_id }) => $insert_id);
    };
    const whole = await ids(1_000_000);
    expect(new Set(whole).size).toBe(COUNT);
    expect(await ids(4_096)).toEqual(whole);
    expect(await ids(9_999, 5)).toEqual(whole);
  });
});

describe('a block of more records than bytes', () => {
  const schema = { type: 'record', name: 'E', fields: [{ name: 'event', type: 'string' }] };
  const count = 3_000;
  const record = Buffer.concat([long(4), Buffer.from('Seen')]);
  const data = Buffer.concat(Array<Buffer>(count).fill(record));
  const body = avroBytes(
    schema,
    [
      { count, data },
      { count: 1, data: record },
    ],
    'zstandard',
  );
  const fields = { time: { constant: 1_700_000_000 }, distinct_id: { constant: 'u' } };
  const recipeOf = (chunkBytes: number): RecipeInput => ({
    ...withChunks(chunkBytes, { recordsPerBatch: 50 }),
    insertId: 'position',
    fields,
  });

  it('has a place for each of them, which senders go on from', async () => {
    expect(body.length).toBeLessThan(count / 4);
    const key = 'equal.avro';
    const whole = await importFile({ key, body, recipe: recipeOf(1_000_000) });
    const inParts = await importFile({ key, body, recipe: recipeOf(4_096), failsEvery: 7 });
    const idsOf = ({ sent }: typeof whole) => sent.map(({ $insert_id }) => $insert_id).toSorted();
    expect(new Set(idsOf(whole)).size).toBe(count + 1);
    expect(idsOf(inParts)).toEqual(idsOf(whole));
    expect(inParts.dead).toEqual([]);
    for (const { report } of [whole, inParts]) {
      expect(report).toMatchObject({ state: 'complete', records: { imported: count + 1 } });
      expect(report.bytes.read).toBe(body.length);
    }
  });

  it('is rejected place by place', async () => {
    const { report, rejects } = await importFile({
      key: 'equal.avro',
      body,
      recipe: { ...recipeOf(4_096), fields: {} },
      failsEvery: 7,
    });
    expect(report.records).toMatchObject({ read: count + 1, imported: 0, rejected: count + 1 });
    const places = rejects.map(({ place }) => place.offset);
    expect(new Set(places).size).toBe(count + 1);
    expect(places.some((place) => !Number.isInteger(place))).toBe(true);
  });
});

describe('rejects of a Parquet file', () => {
  it('are placed by their rows', async () => {
    const times = SEEN_EVENTS.map(({ time }, row) => (row % 100 === 42 ? undefined : time));
    const columns = [...COLUMNS.filter((_, at) => at !== 1), flat({ name: 'time', type: 'INT32' }, times)];
    const body = parquetFile(columns, { rowGroupSize: 60 });
    const { report, rejects } = await importFile({ key: 'a.parquet', body, recipe: withChunks(4_096) });
    expect(report.rejects.byReason).toEqual({ TIME_MISSING: 4 });
    expect(rejects.map(({ place }) => place.offset)).toEqual([42, 142, 242, 342]);
    expect(rejects.map(({ raw }) => JSON.parse(raw).n)).toEqual([42, 142, 242, 342]);
  });
});

describe('the columns of a Parquet file', () => {
  const json = SEEN_EVENTS.map(({ n }) => `{"deep":{"n":${n}}}`);
  const body = parquetFile([
    ...COLUMNS,
    flat({ name: 'props', type: 'BYTE_ARRAY', converted_type: 'UTF8' }, json),
  ]);
  const columns = ['event', 'time', 'distinct_id', 'n', 'props'];

  it('are those that the recipe names', async () => {
    const recipe = { ...withChunks(4_096), parquet: { columns, jsonColumns: ['props'] } };
    const { sent } = await importFile({ key: 'a.parquet', body, recipe });
    expect(sent.map(({ $insert_id, ...properties }) => properties)).toEqual(
      SEEN_EVENTS.map(({ time, distinct_id, n }) => ({ time, distinct_id, n, props: { deep: { n } } })),
    );
  });
});
