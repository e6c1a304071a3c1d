import { zstdCompressSync } from 'node:zlib';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { COLUMNS, type Row } from './rows.ts';

/** Blocks of rows in a row group: some 64 MB as JSON. */
const GROUP_BLOCKS = 16;

/** A Parquet file as data lakes hold them: zstd, large row groups, pages of 1 MiB. */
export const writeParquet = async (path: string, rows: readonly Row[], times: number): Promise<void> => {
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: [
      { name: 'root', num_children: COLUMNS.length },
      ...COLUMNS.map((name) => ({ name, repetition_type: 'REQUIRED', ...TYPES[name] }) as const),
    ],
    codec: 'ZSTD',
    compressors: { ZSTD: (bytes) => zstdCompressSync(bytes) },
  });
  for (let written = 0; written < times; written += GROUP_BLOCKS) {
    const blocks = Math.min(GROUP_BLOCKS, times - written);
    const group = Array.from({ length: blocks }, () => rows).flat();
    await writer.write({
      columnData: COLUMNS.map((name) => ({ name, data: group.map((row) => cellOf(row, name)) })),
      rowGroupSize: group.length,
    });
  }
  await writer.finish();
};

const STRING = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
const TYPES = {
  event: STRING,
  time: { type: 'INT64' },
  distinct_id: STRING,
  id: STRING,
  city: STRING,
  path: STRING,
  amount: { type: 'DOUBLE' },
  note: STRING,
} as const satisfies Record<keyof Row, object>;

const cellOf = (row: Row, name: keyof Row): string | number | bigint =>
  name === 'time' ? BigInt(row.time) : row[name];
