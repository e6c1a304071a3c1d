import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { folderWorkFiles } from '../../cli/folder-work-files.ts';
import { writeRejectedFiles } from '../../cli/rejected-files.ts';
import { fileVersion } from '../../local/s3/bucket.ts';
import { createScratchFolder, type ScratchFolder } from './scratch-folder.ts';

let scratch: ScratchFolder;
beforeEach(async () => {
  scratch = await createScratchFolder();
});
afterEach(() => scratch.remove());

const line = (chunk: number, offset: number, more: object = { raw: `record ${chunk}/${offset}` }): string =>
  `${JSON.stringify({ place: { offset, chunk }, reason: 'TIME_MISSING', message: '', ...more })}\n`;

const putPart = (name: string, ...lines: string[]): Promise<void> =>
  scratch.writeBytes(`work/rejects/import-1/${name}.ndjson.gz`, gzipSync(lines.join('')));

const write = (fileBytesMax?: number) => {
  const work = folderWorkFiles(join(scratch.path, 'work'));
  return writeRejectedFiles(work, { importId: 'import-1' }, join(scratch.path, 'out'), fileBytesMax);
};

it('writes each record once as it stood, and counts those of which only the beginning is kept', async () => {
  await putPart('000000-0-0', line(0, 5), line(0, 900, { raw: 'beginn', truncated: true }));
  await putPart('000000-500-0', line(0, 700), line(0, 900, { raw: 'beginn', truncated: true }));
  await putPart('000000-600-0', line(0, 700));
  await putPart('000001-0-0', line(1, 700), line(1, 800, { rawBase64: '/wA=' }));
  const { paths, records, truncated } = await write();
  expect({ names: paths.map((path) => basename(path)), records, truncated }).toEqual({
    names: ['rejects-0-of-import-1.jsonl'],
    records: 4,
    truncated: 1,
  });
  const bytes = Buffer.from('record 0/5\nrecord 0/700\nrecord 1/700\n');
  expect(await readFile(paths[0]!)).toEqual(Buffer.concat([bytes, Buffer.from([0xff, 0x00, 0x0a])]));
});

it('leaves a file of the same records untouched, and replaces one of others', async () => {
  await putPart('000000-0-0', line(0, 5));
  const [path] = (await write()).paths;
  const version = async (): Promise<string> => fileVersion(await stat(path!, { bigint: true }));
  const first = await version();
  await write();
  expect(await version()).toBe(first);
  await putPart('000000-0-0', line(0, 6));
  await write();
  expect(await readFile(path!, 'utf8')).toBe('record 0/6\n');
});

it('begins another file when one is full', async () => {
  const lines = Array.from({ length: 10 }, (_, i) => line(0, i));
  await putPart('000000-0-0', ...lines);
  const { paths, records } = await write(40);
  expect({ files: paths.length, records }).toEqual({ files: 3, records: 10 });
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  expect(texts.join('').split('\n').length - 1).toBe(10);
});

it('leaves out pieces of the source that are no records, and counts them', async () => {
  const row = line(0, 9, { raw: 'a,b,"c' }).replace('TIME_MISSING', 'CSV_QUOTES_INVALID');
  await putPart('000000-0-0', line(0, 5), row);
  const { paths, records, truncated, unreadable } = await write();
  expect({ records, truncated, unreadable }).toEqual({ records: 1, truncated: 0, unreadable: 1 });
  expect(await readFile(paths[0]!, 'utf8')).toBe('record 0/5\n');
});

it('writes no file where no record is whole, or none is kept', async () => {
  expect(await write()).toEqual({ paths: [], records: 0, truncated: 0, unreadable: 0 });
  await putPart('000000-0-0', line(0, 5, { raw: 'beginn', truncated: true }));
  expect(await write()).toEqual({ paths: [], records: 0, truncated: 1, unreadable: 0 });
});
