import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { RecipeInput } from '../lib/recipe/schema.ts';
import { avroBytes, avroFile, long } from './frame/avro/avro-files.ts';
import { flat, parquetFile } from './frame/parquet/parquet-files.ts';
import { importFile } from './import-file.ts';
import { SEEN_EVENTS } from './seen-events.ts';

const COUNT = SEEN_EVENTS.length;
const EXPECTED = SEEN_EVENTS.map(({ event, ...properties }) => properties);

const valuesOf = (key: keyof (typeof SEEN_EVENTS)[number]) => SEEN_EVENTS.map((event) => event[key]);
const texts = (name: 'event' | 'distinct_id' | 'text' | 'id') =>
  flat({ name, type: 'BYTE_ARRAY', converted_type: 'UTF8' }, valuesOf(name));
const COLUMNS = [
  texts('event'),
  flat({ name: 'time', type: 'INT32' }, valuesOf('time')),
  texts('distinct_id'),
  flat({ name: 'n', type: 'INT32' }, valuesOf('n')),
  texts('text'),
  texts('id'),
];

const SCHEMA = {
  type: 'record',
  name: 'Seen',
  fields: [
    ...['event', 'distinct_id', 'text', 'id'].map((name) => ({ name, type: 'string' })),
    ...['time', 'n'].map((name) => ({ name, type: 'int' })),
  ],
};

const PARQUET_CODECS = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'ZSTD', 'BROTLI', 'LZ4_RAW'] as const;

const FILES: Readonly<Record<string, Buffer>> = {
  ...Object.fromEntries(
    PARQUET_CODECS.flatMap((codec) =>
      [60, 1_000].map((rowGroupSize) => [
        `${codec.toLowerCase()}-${rowGroupSize}.parquet`,
        parquetFile(COLUMNS, { codec, rowGroupSize }),
      ]),
    ),
  ),
  'null.avro': await avroFile(SCHEMA, SEEN_EVENTS),
  'deflate.avro': await avroFile(SCHEMA, SEEN_EVENTS, { codec: 'deflate' }),
  'snappy.avro': await avroFile(SCHEMA, SEEN_EVENTS, { codec: 'snappy' }),
  'zstandard.avro': await avroFile(SCHEMA, SEEN_EVENTS, { codec: 'zstandard' }),
  'long-blocks.avro': await avroFile(SCHEMA, SEEN_EVENTS, { blockSize: 20_000 }),
};

const withChunks = (chunkBytes: number, tuning: RecipeInput['tuning'] = {}): RecipeInput => ({
  tuning: { compress: false, chunkBytes, ...tuning },
});

const expectWhole = ({ report, sent }: Awaited<ReturnType<typeof importFile>>, body: Buffer): void => {
  expect(report).toMatchObject({
    state: 'complete',
    failures: [],
    records: { read: COUNT, imported: COUNT, rejected: 0, filtered: 0 },
  });
  expect(report.bytes.read).toBe(body.length);
  expect(sent.map(({ $insert_id, ...properties }) => properties)).toEqual(EXPECTED);
};

describe.each(Object.entries(FILES))('%s', (key, body) => {
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

describe('a file with damage in its middle', () => {
  const damagedAt = (body: Buffer, at: number): Buffer => {
    const damaged = Buffer.from(body);
    damaged.fill(0xff, at, at + 40);
    return damaged;
  };

  it.each(['snappy-60.parquet', 'deflate.avro', 'long-blocks.avro'])(
    'is imported but for the rest of one chunk: %s',
    async (key) => {
      const body = damagedAt(FILES[key]!, Math.floor(FILES[key]!.length * 0.4));
      const recipe = withChunks(9_999, { recordsPerBatch: 2_000 });
      const { report, received } = await importFile({ key, body, recipe });
      expect(report).toMatchObject({
        state: 'failed',
        chunks: { failed: 1 },
        failures: [{ code: 'SOURCE_CORRUPT' }],
      });
      expect(report.chunks.done).toBe(report.chunks.total! - 1);
      expect(report.records).toMatchObject({ read: received, imported: received });
      if (report.chunks.total! > 1) expect(received).toBeGreaterThan(COUNT / 4);
      expect(received).toBeLessThan(COUNT);
    },
  );

  it('is imported up to the block that is damaged', async () => {
    const whole = FILES['deflate.avro']!;
    const middle = Math.floor(whole.length / 2);
    const body = damagedAt(whole, middle);
    const sync = whole.subarray(-16);
    const start = body.lastIndexOf(sync, middle);
    const { report, sent } = await importFile({ key: 'a.avro', body, recipe: withChunks(1_000_000) });
    expect(report.failures).toMatchObject([{ chunk: 0, code: 'SOURCE_CORRUPT' }]);
    expect(report.bytes.read).toBe(start + sync.length);
    expect(sent.map(({ n }) => n)).toEqual([...sent.keys()]);
    expect(sent.length).toBeGreaterThan(100);
  });
});

describe('a file that cannot be read', () => {
  const parquet = FILES['snappy-60.parquet']!;
  const avro = FILES['null.avro']!;
  const avroOf = (from: string, to: string): Buffer =>
    Buffer.from(avro.toString('latin1').replace(from, to), 'latin1');

  it.each<[string, string, Buffer, RecipeInput, string, string]>([
    ['without its end', 'a.parquet', parquet.subarray(0, -9), {}, 'SOURCE_CORRUPT', 'its end is missing'],
    ['with a mad footer', 'a.parquet', withFooterOf(0xff), {}, 'SOURCE_CORRUPT', 'its footer'],
    ['encrypted', 'a', encrypted(), {}, 'PARQUET_UNSUPPORTED', 'encrypted'],
    ['without a column', 'a.pq', parquet, { parquet: { columns: ['x'] } }, 'PARQUET_COLUMN_MISSING', '"x"'],
    ['that is empty', 'a.parquet', Buffer.alloc(0), {}, 'SOURCE_CORRUPT', 'it has 0 bytes'],
    [
      'compressed around',
      'a.parquet.gz',
      gzipSync(parquet),
      {},
      'FORMAT_UNSUPPORTED',
      'drop it uncompressed',
    ],
    ['compressed around', 'a.avro.gz', gzipSync(avro), {}, 'FORMAT_UNSUPPORTED', 'drop it uncompressed'],
    ['of a strange codec', 'a.avro', avroOf('\x08null', '\x08nule'), {}, 'AVRO_UNSUPPORTED', '"nule"'],
    ['without its header', 'a.avro', avro.subarray(0, 100), {}, 'SOURCE_CORRUPT', 'its header'],
    ['of a strange schema', 'a.avro', avroOf('"int"', '"odd"'), {}, 'AVRO_UNSUPPORTED', 'schema'],
  ])('fails at once: %s, %s', async (_, key, body, recipe, code, seen) => {
    const { report, chunks, receipts } = await importFile({ key, body, recipe });
    expect(chunks).toBe(0);
    expect(receipts.map(({ kind }) => kind)).toEqual(['import-failed']);
    expect(report).toMatchObject({ state: 'failed', failures: [{ chunk: null, code }] });
    expect(report.failures[0]!.message).toContain(seen);
  });

  function withFooterOf(byte: number): Buffer {
    const footerBytes = parquet.readUInt32LE(parquet.length - 8);
    const end = parquet.length - 8;
    return Buffer.concat([
      parquet.subarray(0, end - footerBytes),
      Buffer.alloc(footerBytes, byte),
      parquet.subarray(end),
    ]);
  }

  function encrypted(): Buffer {
    return Buffer.concat([Buffer.from('PARE'), parquet.subarray(4, -4), Buffer.from('PARE')]);
  }
});
