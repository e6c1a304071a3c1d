import type { ColumnMetaData } from 'hyparquet';
import { expect, it } from 'vitest';
import { planRowGroups } from '../../../lib/frame/parquet/plan.ts';
import { memorySource } from '../../../lib/read/memory.ts';
import { flat, parquetFile, withMetadata } from './parquet-files.ts';

const ROWS = 1_000;
const columns = ['a', 'b', 'c'].map((name) =>
  flat(
    { name, type: 'INT32' },
    Array.from({ length: ROWS }, (_, n) => n),
  ),
);

const footprintOf = async (file: Buffer, settings = {}) =>
  (await planRowGroups(memorySource(file), { settings, chunkBytesFor: () => 1_000 })).footprint;

const edited = (file: Buffer, edit: (column: ColumnMetaData) => void): Buffer =>
  withMetadata(file, ({ row_groups }) => {
    for (const group of row_groups) for (const { meta_data } of group.columns) edit(meta_data!);
  });

it('counts the values of a page of each column that is read, in the largest row group', async () => {
  const file = parquetFile(columns, { rowGroupSize: [200, 600, 200] });
  expect((await footprintOf(file)).values).toBe(3 * 600);
  expect((await footprintOf(file, { columns: ['b'] })).values).toBe(600);
});

it('divides a column by its pages, where the footer counts them', async () => {
  const file = edited(parquetFile(columns, { rowGroupSize: ROWS }), (column) => {
    column.encoding_stats = [
      { page_type: 'DICTIONARY_PAGE', encoding: 'PLAIN', count: 1 },
      { page_type: 'DATA_PAGE', encoding: 'RLE_DICTIONARY', count: 10 },
    ];
  });
  expect((await footprintOf(file)).values).toBe(3 * 100);
});

it('takes pages to have a mebibyte where it does not', async () => {
  const file = edited(parquetFile(columns, { rowGroupSize: ROWS }), (column) => {
    delete column.encoding_stats;
    column.total_uncompressed_size = 4n * 1024n * 1024n;
  });
  expect((await footprintOf(file)).values).toBe(3 * 250);
});

it('holds no more bytes than are read at once', async () => {
  const file = parquetFile(columns, { rowGroupSize: ROWS, codec: 'UNCOMPRESSED' });
  expect((await footprintOf(file)).bytes).toBeGreaterThan(3 * ROWS);
  const large = edited(file, (column) => {
    column.total_compressed_size = 1_000_000_000n;
  });
  expect((await footprintOf(large)).bytes).toBe(32 * 1024 * 1024);
});

it('is nothing for a file without rows', async () => {
  const file = parquetFile([flat({ name: 'n', type: 'INT32' }, [])]);
  expect(await footprintOf(file)).toEqual({ values: 0, bytes: 0 });
});
