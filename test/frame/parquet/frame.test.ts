import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planRowGroups } from '../../../lib/frame/parquet/plan.ts';
import { parquet } from '../../../lib/frame/parquet.ts';
import { memorySource } from '../../../lib/read/memory.ts';
import { countingSource } from '../../read/counting-source.ts';
import { flat, frameOptions, frameRecords, frameTexts, parquetFile, withMetadata } from './parquet-files.ts';

const ROWS = 200;
const numbers = Array.from({ length: ROWS }, (_, row) => row);
const words = numbers.map((row) => (row % 7 === 0 ? null : Buffer.from(`word ${row % 11}`)));
const expected = numbers.map((row) =>
  row % 7 === 0 ? `{"n":${row}}` : `{"n":${row},"w":"word ${row % 11}"}`,
);

/** Fixtures of this folder were written with pyarrow 26; all hold the records of records.jsonl. */
const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../fixtures/parquet/${name}`, import.meta.url));
const fixtureRecords = fixture('records.jsonl').toString().trimEnd().split('\n');

const columns = [
  flat({ name: 'n', type: 'INT32' }, numbers),
  flat({ name: 'w', type: 'BYTE_ARRAY', converted_type: 'UTF8' }, words),
];

describe('parquet', () => {
  it('gives each row once, with its number as its place', async () => {
    const records = await frameRecords(memorySource(parquetFile(columns, { rowGroupSize: 60 })));
    expect(records.map(({ bytes }) => bytes.toString())).toEqual(expected);
    expect(records.map(({ offset, nextOffset }) => [offset, nextOffset])).toEqual(
      numbers.map((row) => [row, row + 1]),
    );
  });

  it.each(['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'ZSTD', 'BROTLI', 'LZ4_RAW'] as const)(
    'reads %s',
    async (codec) => {
      expect(await frameTexts(memorySource(parquetFile(columns, { codec })))).toEqual(expected);
    },
  );

  it.each(['pages-v1-indexed-zstd.parquet', 'pages-v2-delta-snappy.parquet', 'pages-v2-plain-lz4.parquet'])(
    'reads what another writer wrote: %s',
    async (name) => {
      expect(await frameTexts(memorySource(fixture(name)))).toEqual(fixtureRecords);
    },
  );

  it('reads times of 96 bits', async () => {
    const settings = { columns: ['i', 'tn'] };
    const wanted = fixtureRecords.map((text) => {
      const { i, tn } = JSON.parse(text) as { i?: number; tn?: string };
      return { i, tn };
    });
    const texts = await frameTexts(memorySource(fixture('int96.parquet')), { settings });
    expect(texts.map((text) => JSON.parse(text) as unknown)).toEqual(
      wanted.map((each) => JSON.parse(JSON.stringify(each))),
    );
  });

  it('gives the same rows however the file is written and the rows are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          rowGroupSize: fc.integer({ min: 1, max: ROWS }),
          pageSize: fc.integer({ min: 8, max: 2_000 }),
          isIndexed: fc.boolean(),
          cuts: fc.array(fc.integer({ min: 0, max: ROWS }), { maxLength: 6 }),
          pieceBytes: fc.integer({ min: 1, max: 5_000 }),
        }),
        async ({ rowGroupSize, pageSize, isIndexed, cuts, pieceBytes }) => {
          const file = parquetFile(
            columns.map((column) => ({ ...column, offsetIndex: isIndexed })),
            { rowGroupSize, pageSize },
          );
          const source = memorySource(file, pieceBytes);
          const borders = [0, ...cuts.toSorted((a, b) => a - b), ROWS];
          const texts: string[] = [];
          for (const [at, start] of borders.slice(0, -1).entries())
            texts.push(...(await frameTexts(source, { rows: { start, end: borders[at + 1]! } })));
          expect(texts).toEqual(expected);
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  });

  it('goes on at any row', async () => {
    const source = memorySource(fixture('pages-v1-indexed-zstd.parquet'));
    for (let start = 0; start <= fixtureRecords.length; start += 9) {
      expect(await frameTexts(source, { rows: { start, end: fixtureRecords.length } })).toEqual(
        fixtureRecords.slice(start),
      );
    }
  });

  it('reads the footer, and a small row group in one read', async () => {
    const source = countingSource(memorySource(parquetFile(columns)));
    await frameTexts(source);
    expect(source.ranges).toHaveLength(2);
    expect(source.ranges[0]).toEqual({ start: 0, end: source.sizeBytes });
  });

  it('reads no byte of a column that is not wanted', async () => {
    const random = numbers.map((row) => Buffer.from(`${row}`.repeat(300)));
    const file = parquetFile([...columns, flat({ name: 'ballast', type: 'BYTE_ARRAY' }, random)], {
      codec: 'UNCOMPRESSED',
    });
    const padded = countingSource(memorySource(file));
    const texts = await frameTexts(padded, { settings: { columns: ['w', 'n'] } });
    expect(texts).toEqual(expected);
    const [footer, ...data] = padded.ranges;
    expect(data.reduce((sum, { start, end }) => sum + end - start, 0)).toBeLessThan(5_000);
    expect(footer!.end).toBe(file.length);
  });

  it('reads only the pages that hold the rows, where the file has an index', async () => {
    const long = Array.from({ length: 4_000 }, (_, row) => Buffer.from(`${row} `.repeat(50)));
    const column = flat({ name: 't', type: 'BYTE_ARRAY' }, long);
    const file = parquetFile([column], { codec: 'UNCOMPRESSED', pageSize: 10_000, rowGroupSize: 4_000 });
    const source = countingSource(memorySource(file));
    const texts = await frameTexts(source, { rows: { start: 2_000, end: 2_010 } });
    expect(texts[0]).toContain('"2000 2000 ');
    expect(texts).toHaveLength(10);
    const dataBytes = source.ranges.slice(1).reduce((sum, { start, end }) => sum + end - start, 0);
    expect(dataBytes).toBeLessThan(file.length / 10);
  });

  it('never holds a record that is too long', async () => {
    const data = [Buffer.from('short'), Buffer.from('x'.repeat(5_000))];
    const file = parquetFile([flat({ name: 't', type: 'BYTE_ARRAY' }, data)]);
    const records = await frameRecords(memorySource(file), { recordBytesMax: 100 });
    expect(records.map(({ kind, bytes }) => [kind, bytes.length])).toEqual([
      ['record', '{"t":"short"}'.length],
      ['oversized', 1_024],
    ]);
  });

  it('hands long records on a few at a time', async () => {
    const data = Array.from({ length: 40 }, () => Buffer.from('x'.repeat(100_000)));
    const file = parquetFile([flat({ name: 't', type: 'BYTE_ARRAY' }, data)]);
    const sizes: number[] = [];
    const options = { rows: { start: 0, end: 40 } };
    for await (const group of parquet.frame(memorySource(file), frameOptions(options)))
      sizes.push(group.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(3);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(40);
  });
});

describe('planRowGroups', () => {
  const plan = (file: Buffer, chunkBytes: number, settings = {}) =>
    planRowGroups(memorySource(file), { settings, chunkBytesFor: () => chunkBytes });

  it('cuts all rows into chunks without gaps', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: ROWS }),
        fc.integer({ min: 1, max: 10_000 }),
        async (rowGroupSize, chunkBytes) => {
          const { chunks, rows } = await plan(parquetFile(columns, { rowGroupSize }), chunkBytes);
          expect(rows).toBe(ROWS);
          expect([0, ...chunks.map(({ end }) => end)]).toEqual([...chunks.map(({ start }) => start), ROWS]);
          for (const { start, end } of chunks) expect(end).toBeGreaterThan(start);
        },
      ),
      { numRuns: 60, seed: 2 },
    );
  });

  it('tells the columns and how long records are about', async () => {
    const {
      columns: names,
      recordBytesGuessed,
      rowGroups,
    } = await plan(parquetFile(columns, { rowGroupSize: 100 }), 1_000);
    expect({ names, rowGroups }).toEqual({ names: ['n', 'w'], rowGroups: 2 });
    expect(recordBytesGuessed).toBeGreaterThan(15);
    expect(recordBytesGuessed).toBeLessThan(60);
  });

  it('makes one chunk of several small row groups', async () => {
    const { chunks, rowGroups } = await plan(parquetFile(columns, { rowGroupSize: 10 }), 1_000_000);
    expect(rowGroups).toBe(20);
    expect(chunks).toEqual([{ start: 0, end: ROWS }]);
  });

  it('never lets a chunk reach over a row group that is long enough alone', async () => {
    const { chunks } = await plan(parquetFile(columns, { rowGroupSize: 50 }), 50 * 40);
    expect(chunks.map(({ start }) => start)).toEqual([0, 50, 100, 150]);
  });

  it.each([
    ['many chunks, if its pages are indexed', { pageSize: 100, columnBytes: 1e9 }, 40],
    ['many chunks, if it is small', { pageSize: 1e6, columnBytes: 1e3 }, 40],
    ['few chunks, if it is large and not indexed', { pageSize: 1e6, columnBytes: 1e9 }, 4],
  ])('cuts a row group of many rows into %s', async (_, { pageSize, columnBytes }, count) => {
    const written = parquetFile(columns, { rowGroupSize: ROWS, pageSize, codec: 'UNCOMPRESSED' });
    const file = withMetadata(written, ({ row_groups }) => {
      for (const { meta_data } of row_groups[0]!.columns)
        meta_data!.total_compressed_size = BigInt(columnBytes);
    });
    expect((await plan(file, 200)).chunks).toHaveLength(count);
  });

  it('reads nothing but the footer', async () => {
    const source = countingSource(memorySource(parquetFile(columns, { rowGroupSize: 20 })));
    await planRowGroups(source, { settings: {}, chunkBytesFor: () => 500 });
    expect(source.ranges).toHaveLength(1);
  });

  it('reads a footer of more than half a mebibyte in two reads', async () => {
    const many = Array.from({ length: 300 }, (_, at) =>
      flat({ name: `column ${at} ${'x'.repeat(2_000)}`, type: 'INT32' }, [at]),
    );
    const source = countingSource(memorySource(parquetFile(many)));
    const { columns: names } = await planRowGroups(source, { settings: {}, chunkBytesFor: () => 500 });
    expect(names).toHaveLength(300);
    expect(source.ranges).toHaveLength(2);
  });

  it('makes no chunk of a file without rows', async () => {
    const empty = parquetFile([flat({ name: 'n', type: 'INT32' }, [])]);
    expect(await plan(empty, 1_000)).toMatchObject({ rows: 0, chunks: [] });
    expect(await frameTexts(memorySource(empty))).toEqual([]);
  });

  it('refuses a column that the file does not have, by name', async () => {
    const code = 'PARQUET_COLUMN_MISSING';
    const message = expect.stringContaining('"user" in `parquet`, but the file has "n", "w"');
    await expect(plan(parquetFile(columns), 1_000, { columns: ['n', 'user'] })).rejects.toMatchObject({
      code,
      message,
    });
    await expect(plan(parquetFile(columns), 1_000, { jsonColumns: ['user'] })).rejects.toMatchObject({
      code,
      message,
    });
  });
});
