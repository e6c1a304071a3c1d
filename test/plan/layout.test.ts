import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../lib/plan/layout.ts';
import { rejectsFileKey } from '../../lib/plan/replay.ts';
import { memorySource } from '../../lib/read/memory.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import type { RecipeInput } from '../../lib/recipe/schema.ts';
import { countingSource } from '../read/counting-source.ts';
import { tarBytes } from '../read/tar-bytes.ts';
import { zipBytes } from '../read/zip-bytes.ts';
import { mixedFile } from '../records.ts';

const LINES = mixedFile(5_000);
const ARRAY = Buffer.from('[\n{"event":"a"},\n{"event":"b"}\n]');
const TABLE = Buffer.from('event,time\na,1\n');

const FILES = [
  { name: 'a.parquet', content: Buffer.from('PAR1\u0015\u0004 and so on') },
  { name: 'image.png', content: Buffer.from([0x89, 0x50, 0, 0]) },
  { name: 'd/a.csv', content: TABLE },
  { name: 'a.json', content: ARRAY },
];

const TAR_GZ = gzipSync(await tarBytes(...FILES));

const layout = (key: string, body: Buffer, recipe: RecipeInput = {}) =>
  layoutOf(memorySource(body), { key, recipe: parseRecipe(recipe) });

const PARQUET = Buffer.from('PAR1\u0015\u0004 and so on');
const AVRO = Buffer.from('Obj\u0001 and so on');

describe('layoutOf', () => {
  it.each([
    ['a.jsonl', LINES, 'jsonl', 'none'],
    ['a.json', LINES, 'jsonl', 'none'],
    ['a.json', ARRAY, 'json', 'none'],
    ['a.jsonl', Buffer.from('{"broken":1\n{"broken":2\n'), 'jsonl', 'none'],
    ['a.jsonl', ARRAY, 'json', 'none'],
    ['a.csv', TABLE, 'csv', 'none'],
    ['a.tsv', TABLE, 'tsv', 'none'],
    ['a.jsonl.gz', gzipSync(LINES), 'jsonl', 'gzip'],
    ['named-otherwise', gzipSync(ARRAY), 'json', 'gzip'],
    ['a.csv.zst', zstdCompressSync(TABLE), 'csv', 'zstd'],
    ['a.parquet', PARQUET, 'parquet', 'none'],
    ['a.parquet.zst', PARQUET, 'parquet', 'none'],
    ['a.parquet.gz', gzipSync(PARQUET), 'parquet', 'gzip'],
    ['a.avro', AVRO, 'avro', 'none'],
    ['unpacked-on-its-way.jsonl.gz', LINES, 'jsonl', 'none'],
  ])('knows %s by its bytes', async (key, body, format, compression) => {
    expect(await layout(key, body)).toEqual({ format, compression });
  });

  it.each([
    ['a zip', zipBytes(FILES), 'csv', 'zip'],
    ['a zip without a file', zipBytes([]), 'jsonl', 'zip'],
    ['a damaged zip', zipBytes(FILES).subarray(0, 200), 'jsonl', 'zip'],
    ['a.tar.gz', TAR_GZ, 'csv', 'tar.gz'],
    ['a tar.gz named otherwise', TAR_GZ, 'csv', 'tar.gz'],
    ['a damaged.tgz', gzipSync(LINES), 'jsonl', 'tar.gz'],
  ])('has the format of the first file that has one: %s', async (key, body, format, compression) => {
    expect(await layout(key, body)).toEqual({ format, compression });
  });

  it('gives the settings of the recipe to the files of an archive', async () => {
    const zip = zipBytes([{ name: 'table', content: gzipSync(TABLE) }]);
    expect(await layout('a', zip, { compression: 'zip', format: 'csv' })).toEqual({
      format: 'csv',
      compression: 'zip',
    });
  });

  it('looks at the first 100 entries of an archive, and at little of a bomb', async () => {
    const unknown = Array.from({ length: 100 }, (_, n) => ({ name: `${n}`, content: Buffer.alloc(1_000) }));
    const { csv, json } = {
      csv: { name: 'a.csv', content: TABLE },
      json: { name: 'a.json', content: ARRAY },
    };
    expect(await layout('a', zipBytes([...unknown.slice(1), csv]))).toMatchObject({ format: 'csv' });
    expect(await layout('a', zipBytes([...unknown, csv]))).toMatchObject({ format: 'jsonl' });
    const bomb = await tarBytes({ name: 'bomb', content: Buffer.alloc(20_000_000) }, json);
    expect(await layout('a.tgz', gzipSync(bomb))).toMatchObject({ format: 'jsonl' });
  });

  it('reads no more than the beginning', async () => {
    const source = countingSource(memorySource(LINES, 1_000));
    await layoutOf(source, { key: 'a.jsonl', recipe: parseRecipe({}) });
    expect(source.ranges).toEqual([{ start: 0, end: 64 * 1024 }]);
  });

  it('does as the recipe says where the bytes say nothing', async () => {
    expect(await layout('table', TABLE, { format: 'csv' })).toMatchObject({ format: 'csv' });
  });

  it.each([
    { format: 'csv', csv: { delimiter: ';' } },
    { format: 'json', recordsPath: 'data.events' },
    { recordsPath: 'data.events' },
    { compression: 'zstd' },
    { format: 'parquet' },
  ] as const)(
    'knows rejected records that are replayed as lines, where the recipe says %j',
    async (recipe) => {
      const key = rejectsFileKey('sales-csv-6bc0', 0);
      expect(await layout(key, LINES, recipe)).toEqual({ format: 'jsonl', compression: 'none' });
      expect(await layout(`home/x/.fanout/${key}`, LINES, recipe)).toMatchObject({ format: 'jsonl' });
      const other = layout(key.replace('of-sales', 'of-others'), LINES, recipe).catch(({ code }) => ({
        format: code,
      }));
      expect(await other).not.toEqual({ format: 'jsonl', compression: 'none' });
    },
  );

  it.each([
    ['a.bin', Buffer.from([0, 1, 2, 3]), {}, 'FORMAT_UNSUPPORTED'],
    ['a.jsonl', LINES, { compression: 'gzip' }, 'FORMAT_MISMATCH'],
  ] as const)('refuses %s', async (key, body, recipe, code) => {
    await expect(layout(key, body, recipe)).rejects.toMatchObject({ code });
  });
});
