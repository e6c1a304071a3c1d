import type { RecipeInput } from '../lib/recipe/schema.ts';
import { avroFile } from './frame/avro/avro-files.ts';
import { flat, parquetFile } from './frame/parquet/parquet-files.ts';
import { SEEN_EVENTS } from './seen-events.ts';

const valuesOf = (key: keyof (typeof SEEN_EVENTS)[number]) => SEEN_EVENTS.map((event) => event[key]);
const texts = (name: 'event' | 'distinct_id' | 'text' | 'id') =>
  flat({ name, type: 'BYTE_ARRAY', converted_type: 'UTF8' }, valuesOf(name));
/** The data set in columns. */
export const COLUMNS = [
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

/** The data set in every codec, by the names of the files. */
export const BINARY_FILES: Readonly<Record<string, Buffer>> = {
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

export const withChunks = (chunkBytes: number, tuning: RecipeInput['tuning'] = {}): RecipeInput => ({
  tuning: { compress: false, chunkBytes, ...tuning },
});
