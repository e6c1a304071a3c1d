import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findFiles } from '../../cli/find-files.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { createScratchFolder, type ScratchFolder } from './scratch-folder.ts';

const NAMES = [
  'b.jsonl',
  'a.jsonl',
  'data/one.ndjson',
  'data/two.json.gz',
  'data/deep/er/three.jsonl.gz',
  'data/LOUD.JSONL',
  'data/notes.txt',
  'data/table.csv',
  'data/rows.PARQUET',
  'data/deep/old.tar.gz',
  'data/.hidden/secret.jsonl',
  'with space/ü 日本 😀.jsonl',
  'odd/[1] {a,b} *.jsonl',
  'odd/#+%20.jsonl',
];

let folder: ScratchFolder;
beforeAll(async () => {
  folder = await createScratchFolder();
  for (const name of NAMES) await folder.write(name);
  await mkdir(join(folder.path, 'empty'));
});
afterAll(() => folder.remove());

const find = async (...patterns: string[]): Promise<string[]> =>
  (await findFiles(patterns.map((pattern) => join(folder.path, pattern)))).map((path) =>
    relative(folder.path, path),
  );

it.each(NAMES)('finds the file %s by its own name', async (name) => {
  expect(await find(name)).toEqual([name]);
});

it('finds what can be imported in a folder and below it, hidden folders excepted', async () => {
  expect(await find('data')).toEqual([
    'data/LOUD.JSONL',
    'data/deep/er/three.jsonl.gz',
    'data/deep/old.tar.gz',
    'data/one.ndjson',
    'data/rows.PARQUET',
    'data/table.csv',
    'data/two.json.gz',
  ]);
});

it('finds what a glob matches, in order, files of any name', async () => {
  expect(await find('data/*.{txt,csv}')).toEqual(['data/notes.txt', 'data/table.csv']);
  expect(await find('**/*.jsonl.gz', '?.jsonl')).toEqual([
    'data/deep/er/three.jsonl.gz',
    'a.jsonl',
    'b.jsonl',
  ]);
  expect(await find('with space/*')).toEqual(['with space/ü 日本 😀.jsonl']);
});

it('finds each file once, where it is named first', async () => {
  expect(await find('b.jsonl', '*.jsonl', 'b.jsonl')).toEqual(['b.jsonl', 'a.jsonl']);
});

it('takes paths from the current folder', async () => {
  const here = relative(process.cwd(), join(folder.path, 'a.jsonl'));
  expect(await findFiles([here])).toEqual([join(folder.path, 'a.jsonl')]);
});

it.each(['missing.jsonl', 'empty', '*.parquet', 'data/deep/er/nothing/**'])(
  'refuses %s, by name',
  async (pattern) => {
    const path = join(folder.path, pattern);
    await expect(findFiles([join(folder.path, 'a.jsonl'), path])).rejects.toThrow(UsageError);
    await expect(findFiles([path])).rejects.toThrow(`"${path}" matches no file`);
  },
);

it.each(['-', '/dev/null'])(
  'refuses %s, which cannot be read in parts, and says what to do',
  async (name) => {
    const message = `"${name}" is a pipe or a device, of which parts cannot be read alone: write what comes from it into a file`;
    await expect(findFiles([name])).rejects.toThrow(message);
  },
);
