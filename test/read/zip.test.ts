import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ArchivePart } from '../../lib/read/archive.ts';
import { createByteLimit } from '../../lib/read/byte-limit.ts';
import { decompress } from '../../lib/read/decompress.ts';
import { memorySource } from '../../lib/read/memory.ts';
import { ReadError } from '../../lib/read/read-error.ts';
import { type ZipOptions, zipEntries } from '../../lib/read/zip.ts';
import { countingSource } from './counting-source.ts';
import { eventLikeText, eventLines, fixture } from './fixtures.ts';
import { listArchive } from './list-archive.ts';
import { readOut } from './read-out.ts';
import { type ZipFileSpec, zipBytes } from './zip-bytes.ts';

const list = (zip: Buffer, options?: ZipOptions) => listArchive(zipEntries(memorySource(zip), options));
const listFiles = (...files: ZipFileSpec[]) => list(zipBytes(files));

const text = eventLikeText(300_000);
const small = Buffer.from('{"event":"a"}\n');

describe('zipEntries', () => {
  it.each([
    ['info-zip.zip', ['a.jsonl', 'd/b.jsonl'], [eventLines('a', 200), eventLines('b', 100)]],
    ['zip64.zip', ['a.jsonl', '-'], [eventLines('a', 200), eventLines('b', 100)]],
  ])('reads %s, written by Info-ZIP', async (name, names, contents) => {
    const { parts, error } = await list(fixture(name));
    const entries = parts.filter(({ kind }) => kind === 'entry');
    expect(error).toBeUndefined();
    expect(entries.map((entry) => entry.name)).toEqual(names);
    expect(entries.map(({ bytes }) => bytes?.toString())).toEqual(contents.map(String));
  });

  it.each([false, true])('reads deflated and stored entries (zip64: %s)', async (isZip64) => {
    const files = [
      { name: 'a.jsonl', content: text },
      { name: 'b/ü.jsonl', content: text, method: 0 },
      { name: 'empty.jsonl' },
    ];
    const { parts, error } = await list(zipBytes(files, { isZip64 }));
    expect(error).toBeUndefined();
    expect(parts.map(({ name }) => name)).toEqual(['a.jsonl', 'b/ü.jsonl', 'empty.jsonl']);
    expect(parts.map(({ bytes }) => bytes?.length)).toEqual([300_000, 300_000, 0]);
    expect(parts[0]!.bytes!.equals(text) && parts[1]!.bytes!.equals(text)).toBe(true);
  });

  it('gives entries that are compressed themselves as they are, to be decompressed', async () => {
    const zip = zipBytes([{ name: '1/2026-01-01_0.json.gz', content: gzipSync(small), method: 0 }]);
    for await (const part of zipEntries(memorySource(zip))) {
      if (part.kind !== 'entry') throw new Error(`a ${part.kind} part`);
      expect((await readOut(decompress('gzip', part.open()))).bytes.equals(small)).toBe(true);
    }
  });

  it('opens entries after all are listed, in any order', async () => {
    const parts = await partsOf(zipBytes(['a', 'b'].map((name) => ({ name, content: Buffer.from(name) }))));
    for (const part of parts.toReversed())
      if (part.kind === 'entry') expect((await readOut(part.open())).bytes.toString()).toBe(part.name);
  });

  it('says the sizes that the directory has', async () => {
    const [part] = await partsOf(zipBytes([{ name: 'a', content: text }]));
    expect(part).toMatchObject({ kind: 'entry', sizeBytes: 300_000 });
    expect(part).toHaveProperty('compressedBytes', expect.any(Number));
  });

  it('reads a directory of 2,000 entries, and small entries, in few requests', async () => {
    const files = Array.from({ length: 2_000 }, (_, n) => ({ name: `${n}.jsonl`, content: small }));
    const source = countingSource(memorySource(zipBytes(files)));
    let entries = 0;
    for await (const part of zipEntries(source))
      if (part.kind === 'entry' && entries++ % 20 === 0)
        expect((await readOut(part.open())).bytes.equals(small)).toBe(true);
    expect(entries).toBe(2_000);
    expect(source.ranges.length).toBeLessThan(10);
  });

  it('skips what holds no records, and says so', async () => {
    const names = ['d/', '__MACOSX/._a.jsonl', 'd/.DS_Store', 'd/._b.jsonl', 'a.jsonl'];
    const { parts } = await listFiles(...names.map((name) => ({ name, content: small })));
    expect(parts.map(({ kind }) => kind)).toEqual(['skipped', 'skipped', 'skipped', 'skipped', 'entry']);
    expect(parts.slice(0, 2).map(({ reason }) => reason)).toEqual([
      'a folder',
      'left by an operating system',
    ]);
  });

  it.each([
    ['leads out of the archive', '../a.jsonl'],
    ['leads out of the archive', 'a/../../b'],
    ['leads out of the archive', 'a\\..\\..\\b'],
    ['an absolute path', '/etc/passwd'],
    ['an absolute path', '\\\\host\\share'],
    ['an absolute path', 'C:\\a.jsonl'],
    ['control characters', 'a\0.jsonl'],
    ['control characters', 'a\n{"level":"error"}'],
    ['longer than 1024 bytes', 'x'.repeat(1_025)],
  ])('refuses a name that is hostile (%s), and reads the others', async (reason, name) => {
    const { parts, error } = await listFiles({ name, content: small }, { name: 'a.jsonl', content: small });
    expect(error).toBeUndefined();
    expect(parts.map(({ kind }) => kind)).toEqual(['refused', 'entry']);
    expect(parts[0]!.reason).toContain(reason);
    expect(parts[0]!.name.length).toBeLessThanOrEqual(100);
    expect(`${parts[0]!.name}${parts[0]!.reason}`).not.toMatch(/\p{Cc}/u);
  });

  it('reads names with backslashes and a leading dot as paths', async () => {
    const { parts } = await listFiles({ name: '.\\d\\a.jsonl', content: small });
    expect(parts).toMatchObject([{ kind: 'entry', name: 'd/a.jsonl' }]);
  });

  it('refuses the second entry of a name', async () => {
    const { parts } = await listFiles({ name: 'd/a', content: small }, { name: 'd\\a', content: text });
    expect(parts.map(({ kind }) => kind)).toEqual(['entry', 'refused']);
  });

  it('refuses what is encrypted, or compressed by an unknown method', async () => {
    expect((await list(fixture('encrypted.zip'))).parts).toMatchObject([
      { kind: 'refused', reason: expect.stringContaining('"a.jsonl" is not imported: it is encrypted') },
    ]);
    const { parts } = await listFiles(
      { name: 'a', content: small, method: 9 },
      { name: 'b', content: small },
    );
    expect(parts).toMatchObject([{ kind: 'refused' }, { kind: 'entry' }]);
    expect(parts[0]!.reason).toContain('method 9');
  });

  it.each([
    ['a wrong checksum', { crc: 1 }, 'its checksum is wrong'],
    ['a size that is too small', { sizeBytes: 10 }, 'it should be 10 bytes'],
    ['a size that is too large', { sizeBytes: 400_000 }, 'it should be 400000 bytes'],
    ['an end that is cut off', { compressedBytes: 20_000 }, 'Z_BUF_ERROR'],
    ['bytes behind its end', { compressedBytes: deflateRawSync(text).length + 20 }, 'bytes follow its end'],
  ])('gives what an entry with %s has, then says that it is corrupt', async (_, claim, reason) => {
    const filler = { name: 'filler', content: Buffer.alloc(100_000, 'ab'), method: 0 };
    const { parts } = await listFiles({ name: 'a', content: text, claim }, filler);
    expect(parts[0]!.bytes!.equals(text.subarray(0, parts[0]!.bytes!.length))).toBe(true);
    expect(parts[0]!.bytes!.length).toBeGreaterThan(50_000);
    expect(parts[0]!.error).toMatchObject({ code: 'SOURCE_CORRUPT' });
    expect(String(parts[0]!.error)).toContain(reason);
    expect(parts[1]!.bytes!.length).toBe(100_000);
  });

  it('stops at more entries than the limit, after those before', async () => {
    const zip = zipBytes(['a', 'b', 'c'].map((name) => ({ name, content: small })));
    const { parts, error } = await list(zip, { entriesMax: 2 });
    expect(parts.length).toBe(2);
    expect(error).toMatchObject({ code: 'SOURCE_TOO_LARGE' });
  });

  it('counts all entries against one limit', async () => {
    const zip = zipBytes(['a', 'b', 'c'].map((name) => ({ name, content: text })));
    const { parts } = await list(zip, { limit: createByteLimit(500_000) });
    expect(parts.map(({ error }) => (error instanceof ReadError ? error.code : 'whole'))).toEqual([
      'whole',
      'SOURCE_TOO_LARGE',
      'SOURCE_TOO_LARGE',
    ]);
  });

  it('refuses a directory whose entries overlap', async () => {
    const claim = { compressedBytes: 400 };
    const { error } = await listFiles({ name: 'a', claim }, { name: 'b', claim });
    expect(error).toMatchObject({ code: 'SOURCE_CORRUPT', message: expect.stringContaining('overlap') });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no zip', text],
    ['a zip without its end', zipBytes([{ name: 'a', content: text }]).subarray(0, -30)],
  ])('calls %s corrupt', async (_, bytes) => {
    expect((await list(bytes)).error).toMatchObject({ code: 'SOURCE_CORRUPT' });
  });

  it('does not read behind the end of the archive', async () => {
    const zip = zipBytes([{ name: 'a', content: text }]);
    zip.writeUInt32LE(zip.length + 5, zip.length - 6);
    expect(String((await list(zip)).error)).toContain(
      `it points to byte ${zip.length + 51} of ${zip.length}`,
    );
  });

  it('hands on what the source throws', async () => {
    const failure = new ReadError('SOURCE_UNAVAILABLE', 'gone');
    const zip = zipBytes([{ name: 'a', content: eventLikeText(3_000_000) }]);
    const source = memorySource(zip);
    const readOnce = { ...source, read: failing(source.read, failure, 2) };
    expect((await listArchive(zipEntries({ ...source, read: failing(source.read, failure, 0) }))).error).toBe(
      failure,
    );
    expect((await listArchive(zipEntries(readOnce))).parts[0]!.error).toBe(failure);
  });

  it('ends, and never crashes, on an archive with bytes changed', async () => {
    const files = [
      { name: 'a.jsonl', content: text.subarray(0, 5_000) },
      { name: 'b', content: small, method: 0 },
    ];
    const archives = [zipBytes(files), zipBytes(files, { isZip64: true }), fixture('info-zip.zip')];
    const edit = fc.record({ fromEnd: fc.nat(700), value: fc.nat(255), drop: fc.nat(2) });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...archives),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        async (zip, edits) => {
          let bytes = zip;
          for (const { fromEnd, value, drop } of edits) {
            const at = Math.max(0, bytes.length - 1 - fromEnd);
            bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([value]), bytes.subarray(at + drop)]);
          }
          const { parts, error } = await list(bytes, { limit: createByteLimit(1_000_000) });
          for (const failure of [error, ...parts.map((part) => part.error)])
            if (failure !== undefined) expect(failure).toMatchObject({ code: 'SOURCE_CORRUPT' });
        },
      ),
      { numRuns: 500, seed: 5 },
    );
  });
});

const partsOf = async (zip: Buffer): Promise<ArchivePart[]> => {
  const parts: ArchivePart[] = [];
  for await (const part of zipEntries(memorySource(zip))) parts.push(part);
  return parts;
};

/** `read`, which throws after it was called `calls` times. */
const failing = (
  read: ReturnType<typeof memorySource>['read'],
  failure: Error,
  calls: number,
): typeof read => {
  let left = calls;
  return (range) => {
    if (left-- <= 0) throw failure;
    return read(range);
  };
};
