import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ReadError } from '../../lib/read/read-error.ts';
import { eventLikeText, eventLines, fixture } from '../read/fixtures.ts';
import { tarBytes } from '../read/tar-bytes.ts';
import { type ZipFileSpec, zipBytes } from '../read/zip-bytes.ts';
import { type ArchiveRunOptions, splitArchive } from './archive-run.ts';

const A = eventLines('a', 200);
const B = eventLines('b', 100);
const TABLE = Buffer.from('event,time\nseen,1700000000\n');
const PARQUET = Buffer.from('PAR1\u0015\u0004 and so on');

const zipped = (files: readonly ZipFileSpec[], options?: ArchiveRunOptions) =>
  splitArchive(zipBytes(files), options);
const tarred = async (files: readonly ZipFileSpec[], options?: ArchiveRunOptions) =>
  splitArchive(
    gzipSync(
      await tarBytes(...files.map(({ name, content }) => ({ name: `${name}`, ...(content && { content }) }))),
    ),
    { key: 'in/a.tar.gz', ...options },
  );

const KINDS = [
  ['zip', zipped],
  ['tar.gz', tarred],
] as const;

describe.each(KINDS)('splitArchive: a %s', (compression, split) => {
  it('is one import, each entry a source of its own, chunks numbered over all of them', async () => {
    const files = [
      { name: 'd/a.json.gz', content: gzipSync(A), method: 0 },
      { name: 'b.jsonl', content: B },
      { name: 'table.csv', content: TABLE },
      { name: 'a.zst', content: zstdCompressSync(A) },
    ];
    const { chunks, contents, report, staged } = await split(files);
    expect(contents).toEqual({
      'd/a.json.gz': `${A}`,
      'b.jsonl': `${B}`,
      'table.csv': `${TABLE}`,
      'a.zst': `${A}`,
    });
    expect(chunks.map(({ chunk }) => chunk)).toEqual(chunks.map((_, n) => n));
    expect(new Set(chunks.map(({ importId }) => importId)).size).toBe(1);
    expect([...staged.keys()]).toEqual(chunks.map(({ object }) => object.key));
    expect(report).toMatchObject({
      source: { compression, format: 'jsonl' },
      chunks: { total: chunks.length },
      entries: { read: 4, skipped: 0, refused: 0 },
      failures: [],
    });
    const first = chunks.filter(({ entry }) => entry?.name === 'd/a.json.gz');
    expect(first.length).toBeGreaterThan(1);
    expect(first.map(({ endsFile }) => endsFile)).toEqual(first.map((_, n) => n === first.length - 1));
    expect(first[0]).toMatchObject({
      entry: { format: 'jsonl', compression: 'gzip' },
      borders: 'lines',
      offset: 0,
    });
    expect(first[1]!.offset).toBe(first[0]!.range.end);
    expect(chunks.find(({ entry }) => entry?.format === 'csv')).toMatchObject({
      borders: 'records',
      offset: 0,
    });
  });

  it('imports the entries around those that it refuses, and fails with their names', async () => {
    const files = [
      { name: '../outside.jsonl', content: B },
      { name: 'a.jsonl', content: A },
      { name: 'table.parquet', content: PARQUET },
      { name: 'inner.zip', content: zipBytes([{ name: 'c.jsonl', content: B }]) },
      { name: 'inner.tgz', content: gzipSync(await tarBytes({ name: 'c.jsonl', content: B })) },
      { name: 'inner-by-content.gz', content: gzipSync(await tarBytes({ name: 'c.jsonl', content: B })) },
      { name: 'image.png', content: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0]) },
      { name: 'b.jsonl', content: B },
    ];
    const { contents, report, chunks } = await split(files);
    expect(contents).toEqual({ 'a.jsonl': `${A}`, 'b.jsonl': `${B}` });
    expect(report).toMatchObject({
      state: 'failed',
      chunks: { total: chunks.length },
      entries: { read: 2, skipped: 0, refused: 6 },
      failures: [{ chunk: null, code: 'ENTRY_REFUSED' }],
    });
    const { message } = report.failures[0]!;
    for (const name of ['../outside.jsonl', 'table.parquet', 'inner.zip', 'inner.tgz', 'inner-by-content.gz'])
      expect(message).toContain(name);
    expect(message).toContain('6 parts of the archive');
    expect(message).toContain('And 1 more.');
  });

  it('passes over what holds no records, which is no failure', async () => {
    const { contents, report } = await split([
      { name: 'd/.DS_Store', content: B },
      { name: '__MACOSX/._a.jsonl', content: B },
      { name: 'README' },
      { name: 'a.jsonl', content: A },
    ]);
    expect(contents).toEqual({ 'a.jsonl': `${A}` });
    expect(report).toMatchObject({ entries: { read: 1, skipped: 3, refused: 0 }, failures: [] });
  });

  it.each([[[]], [[{ name: 'README' }, { name: '.DS_Store', content: B }]]])(
    'without records is a complete import of no chunks',
    async (files) => {
      const { report } = await split(files);
      expect(report).toMatchObject({ state: 'complete', chunks: { total: 0 }, failures: [] });
    },
  );

  it('names the entry whose own compression is damaged, imports what comes before, and the others', async () => {
    const whole = gzipSync(A);
    const { contents, report } = await split([
      { name: 'a.jsonl.gz', content: whole.subarray(0, whole.length - 20), method: 0 },
      { name: 'b.jsonl', content: B },
    ]);
    expect(`${A}`.startsWith(contents['a.jsonl.gz']!)).toBe(true);
    expect(contents['a.jsonl.gz']!.length).toBeGreaterThan(1_000);
    expect(contents['b.jsonl']).toBe(`${B}`);
    expect(report).toMatchObject({
      entries: { read: 2 },
      failures: [
        { code: 'SOURCE_CORRUPT', message: expect.stringContaining('gzip stream of the entry "a.jsonl.gz"') },
      ],
    });
  });

  it('refuses an entry that the settings of its format do not fit, and reads the others', async () => {
    const header = Buffer.from(`event,time,${'x'.repeat(40_000)}\na,1,2\n`);
    const { contents, report } = await split([
      { name: 'a.csv', content: header },
      { name: 'b.csv', content: TABLE },
    ]);
    expect(contents).toEqual({ 'b.csv': `${TABLE}` });
    expect(report).toMatchObject({ entries: { read: 1, refused: 1 }, failures: [{ code: 'ENTRY_REFUSED' }] });
    expect(report.failures[0]!.message).toContain('a.csv');
  });

  it('is not read past decompressedBytesMax, over all entries and layers', async () => {
    const bomb = gzipSync(Buffer.alloc(3_000_000, 'x'));
    const { contents, report, staged } = await split(
      [
        { name: 'b.jsonl', content: B },
        { name: 'bomb.jsonl.gz', content: gzipSync(bomb) },
        { name: 'long.jsonl.gz', content: bomb },
        { name: 'behind.jsonl', content: A },
      ],
      { decompressedBytesMax: 1_000_000 },
    );
    expect(Object.keys(contents)).toEqual(['b.jsonl', 'long.jsonl.gz']);
    expect(contents['b.jsonl']).toBe(`${B}`);
    expect([...staged.values()].reduce((sum, { length }) => sum + length, 0)).toBeLessThan(1_100_000);
    expect(report).toMatchObject({
      state: 'failed',
      entries: { refused: 1 },
      failures: [{ code: 'SOURCE_TOO_LARGE' }],
    });
  });

  it('gives the same messages and the same staged objects when it comes again', async () => {
    const files = [
      { name: 'a.json.gz', content: gzipSync(A) },
      { name: '../b', content: B },
      { name: 'b.jsonl', content: B },
    ];
    const [first, second] = await Promise.all([split(files), split(files)]);
    expect(second.chunks).toEqual(first.chunks);
    expect(second.staged).toEqual(first.staged);
    expect(second.report).toEqual(first.report);
  });

  it('hands on what may pass, and what is the fault of no entry', async () => {
    for (const code of ['SOURCE_UNAVAILABLE', 'SOURCE_VANISHED'] as const) {
      const failure = new ReadError(code, 'away');
      const outcome = split([{ name: 'a.jsonl', content: eventLikeText(900_000) }], {
        openSource: ({ sizeBytes }) => ({
          sizeBytes,
          read: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(failure) }) }),
        }),
      });
      if (failure.retryable) await expect(outcome).rejects.toBe(failure);
      else expect((await outcome).receipts).toMatchObject([{ kind: 'import-failed', failure: { code } }]);
    }
  });
});

describe('splitArchive: what only a zip has', () => {
  it('refuses entries that are encrypted, or packed by an unknown method', async () => {
    const encrypted = await splitArchive(fixture('encrypted.zip'));
    expect(encrypted.report).toMatchObject({
      state: 'failed',
      chunks: { total: 0 },
      entries: { read: 0, refused: 1 },
      failures: [{ code: 'ENTRY_REFUSED', message: expect.stringContaining('it is encrypted') }],
    });
    const { report, contents } = await zipped([
      { name: 'a.jsonl', content: A, method: 9 },
      { name: 'b.jsonl', content: B },
    ]);
    expect(Object.keys(contents)).toEqual(['b.jsonl']);
    expect(report.failures).toMatchObject([
      { code: 'ENTRY_REFUSED', message: expect.stringContaining('method 9') },
    ]);
  });

  it('reads what the directory lists before it is damaged', async () => {
    const zip = zipBytes([
      { name: 'a.jsonl', content: A },
      { name: 'b.jsonl', content: B },
    ]);
    zip.writeUInt32LE(0, zip.lastIndexOf('b.jsonl') - 46);
    const { report, contents, chunks } = await splitArchive(zip);
    expect(contents).toEqual({ 'a.jsonl': `${A}` });
    expect(report).toMatchObject({
      chunks: { total: chunks.length },
      failures: [{ code: 'SOURCE_CORRUPT', message: expect.stringContaining('directory of the zip') }],
    });
  });
});
