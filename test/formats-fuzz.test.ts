import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFanoutError } from '../lib/errors.ts';
import { formatOf } from '../lib/frame/formats.ts';
import { decompress, isStreamCompression } from '../lib/read/decompress.ts';
import { memorySource } from '../lib/read/memory.ts';
import { parseRecipe } from '../lib/recipe/parse.ts';
import type { RecipeInput } from '../lib/recipe/schema.ts';
import { expectAccounted, type Imported } from './accounted.ts';
import { avroFile } from './frame/avro/avro-files.ts';
import { damage, damaged } from './frame/damage.ts';
import { flat, parquetFile } from './frame/parquet/parquet-files.ts';
import { importFile } from './import-file.ts';
import { fixture } from './read/fixtures.ts';
import { inPieces, readOut } from './read/read-out.ts';
import { SEEN_EVENTS } from './seen-events.ts';

const RUNS = 25;
const TIMEOUT_MS = 120_000;
const CHUNK_BYTES = 4_096;

const EVENTS = SEEN_EVENTS.slice(0, 90);
const COLUMNS = ['event', 'time', 'distinct_id', 'n', 'text', 'id'] as const;
const quoted = (value: unknown): string => `"${String(value).replaceAll('"', '""')}"`;
const table = (delimiter: string): string =>
  [COLUMNS, ...EVENTS.map((event) => COLUMNS.map((column) => event[column]))]
    .map((row) => `${row.map(quoted).join(delimiter)}\n`)
    .join('');

const TEXTS: Readonly<Record<string, { readonly text: string; readonly recipe?: RecipeInput }>> = {
  'a.jsonl': { text: EVENTS.map((event) => `${JSON.stringify(event)}\n`).join('') },
  'array.json': { text: JSON.stringify(EVENTS) },
  'pretty.json': { text: JSON.stringify(EVENTS, null, 2) },
  'nested.json': {
    text: JSON.stringify({ meta: { rows: [1] }, data: { events: EVENTS }, end: true }),
    recipe: { recordsPath: 'data.events' },
  },
  'a.csv': { text: table(',') },
  'a.tsv': { text: table('\t') },
};

const COMPRESS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  '': (bytes) => bytes,
  '.gz': (bytes) => gzipSync(bytes),
  '.gzip': (bytes) => Buffer.concat([gzipSync(bytes.subarray(0, 5_000)), gzipSync(bytes.subarray(5_000))]),
  '.zst': (bytes) => zstdCompressSync(bytes),
};

const TEXT_CASES = Object.entries(TEXTS).flatMap(([name, written]) =>
  Object.entries(COMPRESS).flatMap(([suffix, compress]) =>
    (suffix === '' ? ['the file'] : ['the file', 'what is compressed']).map((where) => ({
      key: `${name}${suffix}`,
      where,
      ...written,
      damagedBy: (changes: Parameters<typeof damaged>[1]): Buffer =>
        where === 'the file'
          ? damaged(compress(Buffer.from(written.text)), changes)
          : compress(damaged(Buffer.from(written.text), changes)),
    })),
  ),
);

const texts = (name: 'event' | 'distinct_id' | 'text' | 'id') =>
  flat(
    { name, type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    EVENTS.map((event) => event[name]),
  );
const whole = (name: 'time' | 'n') =>
  flat(
    { name, type: 'INT32' },
    EVENTS.map((event) => event[name]),
  );
const SCHEMA = {
  type: 'record',
  name: 'Seen',
  fields: COLUMNS.map((name) => ({ name, type: name === 'time' || name === 'n' ? 'int' : 'string' })),
};
const PARQUET = [texts('event'), whole('time'), texts('distinct_id'), whole('n'), texts('text'), texts('id')];

const BINARY: Readonly<Record<string, Buffer>> = {
  'a.parquet': parquetFile(PARQUET, { codec: 'SNAPPY', rowGroupSize: 30 }),
  'plain.parquet': parquetFile(PARQUET, { codec: 'UNCOMPRESSED', rowGroupSize: 1_000 }),
  'a.avro': await avroFile(SCHEMA, EVENTS, { codec: 'deflate' }),
  'null.avro': await avroFile(SCHEMA, EVENTS),
};

const recipeOf = (recipe: RecipeInput = {}): RecipeInput => ({
  ...recipe,
  tuning: { compress: false, chunkBytes: CHUNK_BYTES },
});

/** Records in a file that is read in one go; undefined where it says no format, or cannot be read through. */
const countRecords = async (
  body: Buffer,
  { format, compression }: Imported['report']['source'],
  recipeInput: RecipeInput,
): Promise<number | undefined> => {
  if (format === 'unknown' || compression === 'unknown') return undefined;
  const recipe = parseRecipe(recipeInput);
  const { bytes } = isStreamCompression(compression)
    ? await readOut(decompress(compression, inPieces(body, 64 * 1024)))
    : { bytes: body };
  let count = 0;
  try {
    for await (const records of formatOf(format).frame(memorySource(bytes), {
      ...recipe,
      range: { start: 0, end: bytes.length },
      borders: formatOf(format).cut === 'rows' ? 'rows' : 'records',
      startsFile: true,
      endsFile: true,
      recordBytesMax: recipe.tuning.recordBytesMax,
    }))
      count += records.length;
  } catch (error) {
    if (!isFanoutError(error)) throw error;
    return undefined;
  }
  return count;
};

/** Failures that tell of the file as a whole: then how far it was read is of no meaning. */
const UNREADABLE = /^(FORMAT_|CSV_HEADER_INVALID|RECORDS_PATH_MISSING)/;

describe('a damaged file of text', () => {
  it.each(TEXT_CASES)(
    'is accounted for to its last record: $key, $where damaged',
    async ({ key, recipe, damagedBy }) => {
      await fc.assert(
        fc.asyncProperty(damage, async (changes) => {
          const body = damagedBy(changes);
          const imported = await importFile({ key, body, recipe: recipeOf(recipe) });
          expectAccounted(imported);
          const { source, failures, records } = imported.report;
          if (failures.some(({ code }) => UNREADABLE.test(code))) return;
          expect(records.read).toBe(await countRecords(body, source, recipeOf(recipe)));
        }),
        { numRuns: RUNS, seed: 11 },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'is accounted for to its last record: bzip2',
    async () => {
      await fc.assert(
        fc.asyncProperty(damage, async (changes) => {
          const body = damaged(fixture('two-streams.jsonl.bz2'), changes);
          const recipe = recipeOf({ fields: { distinct_id: { constant: 'u' } } });
          const imported = await importFile({ key: 'a.jsonl.bz2', body, recipe });
          expectAccounted(imported);
          if (imported.report.failures.some(({ code }) => UNREADABLE.test(code))) return;
          const { source, records } = imported.report;
          expect(records.read).toBe(await countRecords(body, source, recipe));
        }),
        { numRuns: RUNS, seed: 12 },
      );
    },
    TIMEOUT_MS,
  );
});

describe('a damaged file of Parquet or Avro', () => {
  it.each(Object.entries(BINARY))(
    'is imported up to the damage, or says why not: %s',
    async (key, file) => {
      await fc.assert(
        fc.asyncProperty(damage, async (changes) => {
          const body = damaged(file, changes);
          const imported = await importFile({ key, body, recipe: recipeOf() });
          expectAccounted(imported);
          const { state, source, records } = imported.report;
          const whole = state === 'complete' ? await countRecords(body, source, recipeOf()) : undefined;
          if (whole !== undefined) expect(records.read).toBe(whole);
        }),
        { numRuns: 4 * RUNS, seed: 13 },
      );
    },
    TIMEOUT_MS,
  );
});
