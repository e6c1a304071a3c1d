import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decompress } from '../../lib/read/decompress.ts';
import { tarEntries } from '../../lib/read/tar.ts';
import { eventLikeText, eventLines, fixture } from './fixtures.ts';
import { listArchive } from './list-archive.ts';
import { inPieces, readOut } from './read-out.ts';
import { type TarFile, tarBytes } from './tar-bytes.ts';

const list = (tar: Buffer, pieceBytes = 1_000) => listArchive(tarEntries(inPieces(tar, pieceBytes)));
const listFiles = async (...files: TarFile[]) => list(await tarBytes(...files));

const text = eventLikeText(100_000);
const small = Buffer.from('{"event":"a"}\n');
const LONG_NAME = `${'folder/'.repeat(60)}ü.jsonl`;

describe('tarEntries', () => {
  it('reads what GNU tar and gzip wrote', async () => {
    const { parts, error } = await listArchive(
      tarEntries(decompress('gzip', inPieces(fixture('gnu.tar.gz')))),
    );
    expect(error).toBeUndefined();
    expect(parts.map(({ kind, name }) => [kind, name])).toEqual([
      ['entry', 'a.jsonl'],
      ['skipped', 'd/'],
      ['entry', 'd/b.jsonl'],
    ]);
    expect(parts[0]!.bytes!.equals(eventLines('a', 200))).toBe(true);
    expect(parts[2]!.bytes!.equals(eventLines('b', 100))).toBe(true);
  });

  it('reads entries in order, wherever the pieces are cut', async () => {
    const tar = await tarBytes(
      { name: 'a', content: text },
      { name: LONG_NAME, content: small },
      { name: 'empty' },
      { name: 'block', content: Buffer.alloc(512, 'x') },
    );
    for (const pieceBytes of [97, 512, 1_000, tar.length]) {
      const { parts, error } = await list(tar, pieceBytes);
      expect(error).toBeUndefined();
      expect(parts.map(({ name }) => name)).toEqual(['a', LONG_NAME, 'empty', 'block']);
      expect(parts.map(({ bytes }) => bytes!.length)).toEqual([100_000, 14, 0, 512]);
      expect(parts[0]!.bytes!.equals(text)).toBe(true);
    }
  });

  it('passes over what of an entry was not read', async () => {
    const tar = await tarBytes({ name: 'a', content: text }, { name: 'b', content: text }, { name: 'c' });
    const seen: string[] = [];
    for await (const part of tarEntries(inPieces(tar))) {
      seen.push(part.name);
      if (part.kind === 'entry' && part.name === 'b') for await (const _ of part.open()) break;
    }
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('skips folders, links and what an operating system left, and says so', async () => {
    const { parts } = await listFiles(
      { name: 'd', type: 'directory' },
      { name: 'link', type: 'symlink', linkname: '/etc/passwd' },
      { name: 'd/._a.jsonl', content: small },
      { name: './d/a.jsonl', content: small },
    );
    expect(parts.map(({ kind, name }) => [kind, name])).toEqual([
      ['skipped', 'd'],
      ['skipped', 'link'],
      ['skipped', 'd/._a.jsonl'],
      ['entry', 'd/a.jsonl'],
    ]);
    expect(parts[1]!.reason).toBe('no file but a symlink');
  });

  it.each(['../a', '/etc/passwd', 'a/../../b', 'a\\..\\b', 'a\nb', `${LONG_NAME.repeat(3)}`])(
    'refuses the name %j, and reads the others',
    async (name) => {
      const { parts, error } = await listFiles({ name, content: text }, { name: 'a.jsonl', content: small });
      expect(error).toBeUndefined();
      expect(parts.map(({ kind }) => kind)).toEqual(['refused', 'entry']);
      expect(parts[1]!.bytes!.equals(small)).toBe(true);
    },
  );

  it('refuses the second entry of a name, and kinds of entries that it does not know', async () => {
    const tar = await tarBytes(
      { name: 'a', content: small },
      { name: 'a', content: text },
      { name: 's', content: small },
    );
    const header = tar.lastIndexOf('s\0');
    const sparse = withType(tar, header, 'S');
    const { parts, error } = await list(sparse);
    expect(error).toBeUndefined();
    expect(parts.map(({ kind }) => kind)).toEqual(['entry', 'refused', 'refused']);
  });

  it('stops at more entries than the limit', async () => {
    const tar = await tarBytes({ name: 'a' }, { name: 'b' }, { name: 'c' });
    const { parts, error } = await listArchive(tarEntries(inPieces(tar), { entriesMax: 2 }));
    expect(parts.length).toBe(2);
    expect(error).toMatchObject({ code: 'SOURCE_TOO_LARGE' });
  });

  it('gives all that can be read of an archive that is cut off anywhere', async () => {
    const tar = await tarBytes({ name: 'a', content: text }, { name: LONG_NAME, content: text });
    const end = tar.length - 1024;
    for (let place = 0; place < end; place += 4_099) {
      const { parts, error } = await list(tar.subarray(0, place));
      const read = Buffer.concat(parts.flatMap(({ bytes }) => bytes ?? []));
      expect(read.equals(Buffer.concat([text, text]).subarray(0, read.length))).toBe(true);
      expect(read.length).toBeGreaterThanOrEqual(Math.min(place - 512, text.length));
      expect(error).toMatchObject({ code: 'SOURCE_CORRUPT' });
    }
    expect((await list(tar.subarray(0, end))).error).toMatchObject({
      message: expect.stringContaining('without its end mark'),
    });
  });

  it('gives what a gzip that is cut off still has, and says that the gzip is', async () => {
    const compressed = gzipSync(await tarBytes({ name: 'a', content: text }));
    const cut = compressed.subarray(0, compressed.length / 2);
    const { parts, error } = await listArchive(tarEntries(decompress('gzip', inPieces(cut))));
    const readable = await readOut(decompress('gzip', inPieces(cut)));
    expect(parts[0]!.bytes!.length).toBe(readable.bytes.length - 512);
    expect(String(parts[0]!.error)).toContain('The gzip stream breaks');
    expect(error).toBeDefined();
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no tar', text],
  ])('calls %s corrupt', async (_, bytes) => {
    const { parts, error } = await list(bytes);
    expect(parts).toEqual([]);
    expect(error).toMatchObject({ code: 'SOURCE_CORRUPT' });
  });

  it('reads no header without end', async () => {
    const tar = await tarBytes({ name: 'a', pax: { comment: 'x'.repeat(3_500_000) } });
    const longHeader = tar.subarray(0, -3 * 512);
    const { parts, error } = await list(Buffer.concat([longHeader, longHeader, longHeader, tar]), 65_536);
    expect(parts).toEqual([]);
    expect(error).toMatchObject({ message: expect.stringContaining('a header longer than 8388608 bytes') });
  });

  it('ends, and never crashes, on an archive with bytes changed', async () => {
    const tar = await tarBytes(
      { name: 'a', content: small },
      { name: LONG_NAME, content: small },
      { name: 'b' },
    );
    const edit = fc.record({ at: fc.nat(tar.length - 1), value: fc.nat(255), drop: fc.nat(2) });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        let bytes = tar;
        for (const { at, value, drop } of edits)
          bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([value]), bytes.subarray(at + drop)]);
        const { parts, error } = await list(bytes);
        for (const failure of [error, ...parts.map((part) => part.error)])
          if (failure !== undefined) expect(failure).toMatchObject({ code: 'SOURCE_CORRUPT' });
      }),
      { numRuns: 500, seed: 5 },
    );
  });

  it('ends, and never crashes, on a pax header with bytes changed and a checksum that is right', async () => {
    const tar = await tarBytes({ name: LONG_NAME, content: small });
    const edit = fc.record({ at: fc.integer({ min: 512, max: 1_023 }), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
        const bytes = Buffer.from(tar);
        for (const { at, value } of edits) bytes[at] = value;
        const { error } = await list(bytes);
        if (error !== undefined) expect(error).toMatchObject({ code: 'SOURCE_CORRUPT' });
      }),
      { numRuns: 300, seed: 5 },
    );
  });
});

/** The archive with another type in the header at `offset`, whose checksum is right again. */
const withType = (tar: Buffer, offset: number, type: string): Buffer => {
  const bytes = Buffer.from(tar);
  const header = bytes.subarray(offset, offset + 512);
  header.write(type, 156);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
};
