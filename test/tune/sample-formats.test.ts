import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Layout } from '../../lib/plan/layout.ts';
import { memorySource } from '../../lib/read/memory.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import type { RecipeInput } from '../../lib/recipe/schema.ts';
import { extentOf } from '../../lib/tune/extent.ts';
import { profileSamples } from '../../lib/tune/profile.ts';
import { canBeSampled, type Sample, sampleSource } from '../../lib/tune/sample.ts';
import { avroFile } from '../frame/avro/avro-files.ts';
import { flat, parquetFile } from '../frame/parquet/parquet-files.ts';
import { countingSource } from '../read/counting-source.ts';
import { fixture } from '../read/fixtures.ts';

const COUNT = 30_000;

const rowOf = (n: number) => ({
  event: 'Viewed',
  time: 1_700_000_000 + n,
  distinct_id: `user-${(n * 7_919) % 977}`,
  note: `a "note", of ${(n * 31) % 101} words`,
});
type Row = ReturnType<typeof rowOf>;
const ROWS = Array.from({ length: COUNT }, (_, n) => rowOf(n));

const table = (rows: readonly Row[], delimiter: string): string =>
  [Object.keys(rowOf(0)), ...rows.map(Object.values)]
    .map((cells: unknown[]) => cells.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(delimiter))
    .join('\n');

interface Way {
  readonly format: Layout['format'];
  readonly write: (rows: readonly Row[]) => string;
  readonly recipe?: RecipeInput;
}

const WAYS: Readonly<Record<string, Way>> = {
  'JSON lines': { format: 'jsonl', write: (rows) => rows.map((row) => JSON.stringify(row)).join('\n') },
  'a JSON array': { format: 'json', write: (rows) => JSON.stringify(rows) },
  'pretty JSON': { format: 'json', write: (rows) => JSON.stringify(rows, null, 2) },
  'JSON under keys': {
    format: 'json',
    write: (rows) => JSON.stringify({ meta: { rows: [1] }, data: { events: rows } }),
    recipe: { recordsPath: 'data.events' },
  },
  CSV: { format: 'csv', write: (rows) => table(rows, ',') },
  'CSV with semicolons': {
    format: 'csv',
    write: (rows) => table(rows, ';'),
    recipe: { csv: { delimiter: ';' } },
  },
  TSV: { format: 'tsv', write: (rows) => table(rows, '\t') },
};

const COMPRESSIONS = [
  { compression: 'none', compress: (bytes: Buffer) => bytes },
  { compression: 'gzip', compress: (bytes: Buffer) => gzipSync(bytes) },
  { compression: 'zstd', compress: (bytes: Buffer) => zstdCompressSync(bytes) },
] as const;

const CASES = Object.entries(WAYS).flatMap(([name, way]) =>
  COMPRESSIONS.map((how) => ({ name, ...way, ...how })),
);

const valuesOf = ({ spots }: Sample): unknown[] =>
  spots[0]!.records.map(({ bytes }) => JSON.parse(bytes.toString()));

describe('a sample', () => {
  it.each(CASES)('is the first records of $name in $compression', async (each) => {
    const { format, compression, compress, write } = each;
    const text = write(ROWS);
    const source = countingSource(memorySource(compress(Buffer.from(text))));
    const recipe = parseRecipe(each.recipe ?? {});
    const sample = await sampleSource(source, { format, compression }, recipe);
    expect(valuesOf(sample)).toEqual(ROWS.slice(0, 2_000));
    expect(sample.isWhole).toBe(false);
    expect(source.bytesRead()).toBeLessThan(2.1 * 1024 * 1024);
    const { records, bytes } = extentOf([sample]);
    expect(Math.abs(records / COUNT - 1)).toBeLessThan(0.05);
    expect(Math.abs(bytes / text.length - 1)).toBeLessThan(0.05);
    expect(profileSamples([sample], recipe)).toMatchObject({ rejected: 0, isDrifting: false });
  });

  it.each(CASES)('is all of a short file: $name in $compression', async (each) => {
    const { format, compression, compress, write } = each;
    const rows = ROWS.slice(0, 9);
    const source = memorySource(compress(Buffer.from(write(rows))));
    const sample = await sampleSource(source, { format, compression }, parseRecipe(each.recipe ?? {}));
    expect(sample.isWhole).toBe(true);
    expect(valuesOf(sample)).toEqual(rows);
    expect(extentOf([sample])).toMatchObject({ records: 9, isExact: true });
  });

  it('is the first records of bzip2, of which whole blocks are measured', async () => {
    const body = fixture('rows.csv.bz2');
    const sample = await sampleSource(
      memorySource(body),
      { format: 'csv', compression: 'bzip2' },
      parseRecipe({}),
    );
    expect(valuesOf(sample)).toEqual(
      Array.from({ length: 2_000 }, (_, n) => ({
        event: 'Viewed by someone',
        time: 1_700_000_000 + n,
        distinct_id: `u${n % 7}`,
      })),
    );
    expect(Math.abs(extentOf([sample]).records / 100_000 - 1)).toBeLessThan(0.05);
  });

  it('is all of a short file in bzip2, of several streams too', async () => {
    const body = fixture('two-streams.jsonl.bz2');
    const layout = { format: 'jsonl', compression: 'bzip2' } as const;
    const sample = await sampleSource(memorySource(body), layout, parseRecipe({}));
    expect(extentOf([sample])).toMatchObject({ records: 300, isExact: true });
  });

  it('holds no record that its own end cuts', async () => {
    const long = Array.from({ length: 300 }, (_, n) => ({ n, text: 'x'.repeat(9_000) }));
    for (const [format, text] of [
      ['json', JSON.stringify(long)],
      ['csv', `n,text\n${long.map(({ n, text: value }) => `${n},${value}`).join('\n')}`],
      ['jsonl', long.map((record) => JSON.stringify(record)).join('\n')],
    ] as const) {
      const layout = { format, compression: 'none' } as const;
      const sample = await sampleSource(memorySource(Buffer.from(text)), layout, parseRecipe({}));
      const values = valuesOf(sample);
      expect(values.length).toBeGreaterThan(100);
      expect(values).toEqual(long.slice(0, values.length));
    }
  });

  it('holds no value that damage may have cut', async () => {
    const rows = Buffer.from(table(ROWS.slice(0, 9), ','));
    const broken = gzipSync(rows).subarray(0, -8);
    const layout = { format: 'csv', compression: 'gzip' } as const;
    const sample = await sampleSource(memorySource(broken), layout, parseRecipe({}));
    expect(sample.damage).toContain('gzip stream breaks');
    expect(sample.spots[0]!.records.map(({ kind }) => kind)).toEqual([...Array(8).fill('record'), 'broken']);
  });

  it('is empty where the records begin further in, and fails where the file can have none', async () => {
    const padding = 'x'.repeat(2_000_000);
    const sampleOf = (document: object) =>
      sampleSource(
        memorySource(Buffer.from(JSON.stringify(document))),
        { format: 'json', compression: 'none' },
        parseRecipe({ recordsPath: 'events' }),
      );
    expect((await sampleOf({ padding, events: ROWS })).spots[0]!.records).toEqual([]);
    await expect(sampleOf({ event: 1 })).rejects.toMatchObject({ code: 'RECORDS_PATH_MISSING' });
  });

  it('gives the same however a file arrives', async () => {
    for (const { format, compression, compress, write } of CASES.filter(({ name }) => name === 'CSV')) {
      const body = compress(Buffer.from(write(ROWS)));
      const sampleOf = (pieceBytes: number) =>
        sampleSource(memorySource(body, pieceBytes), { format, compression }, parseRecipe({}));
      const [first, ...others] = await Promise.all([1_000, 4_097, 10_000_000].map(sampleOf));
      for (const other of others) expect(other).toEqual(first);
    }
  });

  it('of a few bytes that expand to gigabytes ends early', async () => {
    const body = zstdCompressSync(Buffer.alloc(64 * 1024 * 1024, '\n'));
    const sample = await sampleSource(
      memorySource(body),
      { format: 'jsonl', compression: 'zstd' },
      parseRecipe({}),
    );
    expect(sample).toMatchObject({ isWhole: false, spots: [{ records: [] }] });
    expect(sample.storedRatio).toBeGreaterThan(100);
  });
});

const texts = (name: keyof Row) =>
  flat(
    { name, type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    ROWS.map((row) => row[name]),
  );
const PARQUET = parquetFile(
  [
    texts('event'),
    flat(
      { name: 'time', type: 'INT32' },
      ROWS.map(({ time }) => time),
    ),
    texts('distinct_id'),
    texts('note'),
  ],
  { codec: 'SNAPPY', rowGroupSize: 10_000 },
);
const AVRO = await avroFile(
  {
    type: 'record',
    name: 'Viewed',
    fields: Object.keys(rowOf(0)).map((name) => ({ name, type: name === 'time' ? 'int' : 'string' })),
  },
  ROWS,
  { codec: 'deflate', blockSize: 20_000 },
);

describe.each([
  { format: 'parquet', file: PARQUET },
  { format: 'avro', file: AVRO },
] as const)('a sample of $format', ({ format, file }) => {
  const layout = { format, compression: 'none' } as const;

  it('is its first records, and tells how many there are', async () => {
    const sample = await sampleSource(memorySource(file), layout, parseRecipe({}));
    expect(valuesOf(sample)).toEqual(ROWS.slice(0, 2_000));
    expect(sample.isWhole).toBe(false);
    const { records, isExact } = extentOf([sample]);
    expect(Math.abs(records / COUNT - 1)).toBeLessThan(format === 'parquet' ? 1e-9 : 0.08);
    expect(isExact).toBe(false);
    expect(profileSamples([sample], parseRecipe({}))).toMatchObject({ rejected: 0, isDrifting: false });
  });

  it('that is damaged has the damage as a finding', async () => {
    const damaged = file.subarray(0, Math.floor(file.length * 0.02));
    const sample = await sampleSource(memorySource(damaged), layout, parseRecipe({}));
    expect(sample.isWhole).toBe(false);
    expect(sample.damage).toEqual(expect.any(String));
  });

  it('is not taken from within a compression', () => {
    expect(canBeSampled({ format, compression: 'gzip' })).toBe(false);
    expect(canBeSampled(layout)).toBe(true);
  });
});
