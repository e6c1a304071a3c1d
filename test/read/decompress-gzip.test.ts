import { randomBytes } from 'node:crypto';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decompress } from '../../lib/read/decompress.ts';
import { memorySource } from '../../lib/read/memory.ts';
import { ReadError } from '../../lib/read/read-error.ts';
import { countingSource } from './counting-source.ts';

const compressedSource = (compressed: Buffer, pieceBytes = 1_000) =>
  memorySource(compressed, pieceBytes).read({ start: 0, end: compressed.length });

/** What could be read, and why it ended. */
const readAll = async (compressed: AsyncIterable<Uint8Array>) => {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of decompress('gzip', compressed)) pieces.push(piece);
  } catch (error) {
    return { bytes: Buffer.concat(pieces), error };
  }
  return { bytes: Buffer.concat(pieces) };
};

describe('decompress: gzip', () => {
  it('reads any number of members, wherever the pieces are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 3_000 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 500 }),
        async (members, pieceBytes) => {
          const compressed = Buffer.concat(members.map((member) => gzipSync(member)));
          const { bytes, error } = await readAll(compressedSource(compressed, pieceBytes));
          expect(error).toBeUndefined();
          expect(bytes.equals(Buffer.concat(members))).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('takes padding with zeros as the end', async () => {
    const padded = Buffer.concat([gzipSync('{}\n'), Buffer.alloc(512)]);
    expect((await readAll(compressedSource(padded))).bytes.toString()).toBe('{}\n');
  });

  it.each([
    ['nothing at all', Buffer.alloc(0)],
    ['no gzip', Buffer.from('{"event":"a"}\n')],
  ])('calls %s corrupt', async (_, compressed) => {
    const { error } = await readAll(compressedSource(compressed));
    expect(error).toMatchObject({ code: 'SOURCE_CORRUPT', retryable: false });
  });

  it('gives what comes before a break, and says how much that is', async () => {
    const plain = randomBytes(1_000_000);
    const { bytes, error } = await readAll(compressedSource(gzipSync(plain).subarray(0, 900_000), 65_536));
    expect(bytes.length).toBeGreaterThan(600_000);
    expect(bytes.equals(plain.subarray(0, bytes.length))).toBe(true);
    expect(error).toBeInstanceOf(ReadError);
    expect(String(error)).toContain(`after ${bytes.length} decompressed bytes (Z_BUF_ERROR)`);
  });

  it.each([1_000, 65_536, 900_000])(
    'gives all that comes before a break, in pieces of %i',
    async (pieceBytes) => {
      const lines = Array.from(
        { length: 20_000 },
        (_, i) => `{"line":${i},"text":"${'text '.repeat(20)}"}\n`,
      );
      const compressed = gzipSync(lines.join(''));
      const broken = compressed.subarray(0, Math.floor(compressed.length * 0.7));
      const all = gunzipSync(broken, { finishFlush: constants.Z_SYNC_FLUSH });
      const { bytes, error } = await readAll(compressedSource(broken, pieceBytes));
      expect(bytes.length).toBe(all.length);
      expect(bytes.equals(all)).toBe(true);
      expect(error).toMatchObject({ code: 'SOURCE_CORRUPT' });
    },
  );

  it('does not take bytes after the last member for nothing', async () => {
    const { error } = await readAll(compressedSource(Buffer.concat([gzipSync('{}\n'), Buffer.from('more')])));
    expect(error).toMatchObject({ code: 'SOURCE_CORRUPT' });
  });

  it('hands on what the source throws', async () => {
    async function* breaking(): AsyncGenerator<Uint8Array> {
      yield gzipSync('{}\n').subarray(0, 10);
      throw new ReadError('SOURCE_UNAVAILABLE', 'gone');
    }
    expect((await readAll(breaking())).error).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });

  it('reads no further than it is read', async () => {
    const compressed = gzipSync(randomBytes(5_000_000), { level: 0 });
    const source = countingSource(memorySource(compressed, 65_536));
    for await (const _ of decompress('gzip', source.read({ start: 0, end: compressed.length }))) break;
    expect(source.bytesRead()).toBeLessThan(1_500_000);
  });
});
