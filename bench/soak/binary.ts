import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { zstdCompressSync } from 'node:zlib';
import avsc from 'avsc';
import { fileWriter, parquetWrite } from 'hyparquet-writer';
import type { Encoder } from './encode.ts';
import { COLUMNS, type Row, rowOf } from './layouts.ts';
import type { Line } from './lines.ts';

const GROUP_ROWS = 2_000;
const BLOCK_BYTES = 16 * 1024;

/** Row groups of a few hundred kilobytes. */
export const parquet: Encoder = async (path, lines) => {
  const rows = rowsOf(lines);
  await parquetWrite({
    writer: fileWriter(path),
    columnData: COLUMNS.map((name) => ({
      name,
      data: rows.map((row) => cellOf(row, name)),
      type: name === 'time' ? 'INT64' : name === 'amount' ? 'DOUBLE' : 'STRING',
      nullable: true,
    })),
    codec: 'ZSTD',
    compressors: { ZSTD: (bytes) => zstdCompressSync(bytes) },
    rowGroupSize: GROUP_ROWS,
  });
};

const cellOf = (row: Row, name: (typeof COLUMNS)[number]): unknown =>
  name === 'time' && row.time !== undefined ? BigInt(Number(row.time)) : (row[name] ?? null);

/** A name of Avro has no `$` in it, but the key of a map may. */
const AVRO = {
  type: 'record',
  name: 'Event',
  fields: [
    { name: 'event', type: ['null', 'string'] },
    { name: 'properties', type: { type: 'map', values: ['string', 'double'] } },
  ],
} satisfies avsc.Schema;

export const avro: Encoder = async (path, lines) => {
  const records = rowsOf(lines).map(({ event = null, ...properties }) => ({ event, properties }));
  const encoder = new avsc.streams.BlockEncoder(AVRO, {
    codec: 'deflate',
    blockSize: BLOCK_BYTES,
    writeHeader: 'always',
  });
  await pipeline(Readable.from(records), encoder, createWriteStream(path));
};

const rowsOf = (lines: Iterable<Line>): Row[] => [...lines].map((line) => rowOf(line)!);
