import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import avsc from 'avsc';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

const ROWS_AT_ONCE = 50_000;
const BLOCK_BYTES = 64 * 1024;

const SCHEMA: avsc.Schema = {
  type: 'record',
  name: 'Flight',
  fields: [
    { name: 'date', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'delay', type: 'int' },
    { name: 'distance', type: 'int' },
    { name: 'origin', type: 'string' },
    { name: 'destination', type: 'string' },
  ],
};

/** Writes the rows of the flights' Parquet file as Avro, with packages of others. @returns how many they are */
export const writeAvro = async (parquetPath: string, avroPath: string): Promise<number> => {
  const file = await asyncBufferFromFile(parquetPath);
  const rows = Number((await parquetMetadataAsync(file)).num_rows);

  async function* flights(): AsyncGenerator<object> {
    for (let rowStart = 0; rowStart < rows; rowStart += ROWS_AT_ONCE) {
      const rowEnd = Math.min(rows, rowStart + ROWS_AT_ONCE);
      for (const { date, delay, distance, ...names } of await parquetReadObjects({
        file,
        compressors,
        rowStart,
        rowEnd,
      })) {
        yield { ...names, date: Number(date), delay: Number(delay), distance: Number(distance) };
      }
    }
  }

  const encoder = new avsc.streams.BlockEncoder(SCHEMA, { codec: 'deflate', blockSize: BLOCK_BYTES });
  await pipeline(flights, encoder, createWriteStream(avroPath));
  return rows;
};
