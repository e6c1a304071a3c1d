import { constants, gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createByteLimit } from '../../lib/read/byte-limit.ts';
import {
  type DecompressedPart,
  decompress,
  decompressMembers,
  type MemberBorder,
  type StreamCompression,
} from '../../lib/read/decompress.ts';
import { memorySource } from '../../lib/read/memory.ts';
import { countingSource } from './counting-source.ts';
import { eventLikeText, eventLines, fixture } from './fixtures.ts';
import { inPieces, readOut } from './read-out.ts';

const MiB = 1024 * 1024;
const PIECE_BYTES_MAX = 128 * 1024;
/** What zstd and bzip2 -1 put into a block, of which a part cannot be read. */
const BLOCK_BYTES = { gzip: 0, zstd: 128 * 1024, bzip2: 100_000 };

const text = eventLikeText(600_000);
const halves = [text.subarray(0, 250_000), text.subarray(250_000)];
const withChecksum = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };

const SAMPLES: readonly [StreamCompression, string, Buffer, Buffer][] = [
  ['gzip', 'one member', gzipSync(text), text],
  ['gzip', 'members', Buffer.concat(halves.map((half) => gzipSync(half))), text],
  ['zstd', 'one frame', zstdCompressSync(text, withChecksum), text],
  ['zstd', 'frames', Buffer.concat(halves.map((half) => zstdCompressSync(half))), text],
  ['bzip2', 'blocks', fixture('blocks.jsonl.bz2'), eventLines('a', 5_000)],
  [
    'bzip2',
    'streams',
    fixture('two-streams.jsonl.bz2'),
    Buffer.concat([eventLines('a', 200), eventLines('b', 100)]),
  ],
];

/** The same everywhere along a file, and both its ends. */
const placesIn = ({ length }: Buffer, count: number): number[] => [
  ...Array.from({ length: count }, (_, n) => Math.floor((length * n) / count)),
  ...[1, 4, 8, 9, 12].map((fromEnd) => length - fromEnd),
];

const membersOf = async (compression: StreamCompression, compressed: Buffer, from?: MemberBorder) => {
  const parts: DecompressedPart[] = [];
  const options = from === undefined ? {} : { from };
  const rest = compressed.subarray(from?.compressedOffset ?? 0);
  for await (const part of decompressMembers(compression, inPieces(rest, 999), options)) parts.push(part);
  const bytes = Buffer.concat(parts.flatMap((part) => (part.kind === 'bytes' ? [part.bytes] : [])));
  return { bytes, borders: parts.filter((part) => part.kind === 'border') };
};

describe('decompress', () => {
  it.each(SAMPLES)(
    'reads %s of %s, wherever the pieces are cut',
    async (compression, _, compressed, plain) => {
      for (const pieceBytes of [61, 4_096, compressed.length]) {
        const { bytes, longest, error } = await readOut(
          decompress(compression, inPieces(compressed, pieceBytes)),
        );
        expect(error).toBeUndefined();
        expect(bytes.equals(plain)).toBe(true);
        expect(longest).toBeLessThanOrEqual(PIECE_BYTES_MAX);
      }
    },
  );

  it.each(SAMPLES)('gives all that can be read of %s of %s that is cut off', async (...sample) => {
    const [compression, , compressed, plain] = sample;
    const { borders } = await membersOf(compression, compressed);
    const wholeMembers = new Set(borders.map(({ compressedOffset }) => compressedOffset));
    for (const place of placesIn(compressed, 40)) {
      const cut = compressed.subarray(0, place);
      const { bytes, error } = await readOut(decompress(compression, inPieces(cut)));
      expect(bytes.equals(plain.subarray(0, bytes.length))).toBe(true);
      if (!wholeMembers.has(place)) expect(error).toMatchObject({ code: 'SOURCE_CORRUPT' });
      if (compression === 'gzip' && place > 10)
        expect(bytes.length).toBe(gunzipSync(cut, { finishFlush: constants.Z_SYNC_FLUSH }).length);
      const readable = (plain.length * place) / compressed.length;
      expect(bytes.length).toBeGreaterThan(readable - 0.1 * plain.length - 2 * BLOCK_BYTES[compression]);
    }
  });

  it('loses at most 128 KiB before the place where gzip is damaged', async () => {
    const compressed = gzipSync(text);
    for (const place of placesIn(compressed, 60)) {
      const damaged = Buffer.from(compressed);
      damaged[place]! ^= 0x55;
      const { bytes, error } = await readOut(decompress('gzip', inPieces(damaged)));
      if (place > 10 || error) expect(error).toMatchObject({ code: 'SOURCE_CORRUPT' });
      const sound =
        place < 12
          ? 0
          : gunzipSync(compressed.subarray(0, place - 1), { finishFlush: constants.Z_SYNC_FLUSH }).length;
      const compared = Math.min(sound, bytes.length);
      expect(bytes.subarray(0, compared).equals(text.subarray(0, compared))).toBe(true);
      expect(bytes.length).toBeGreaterThanOrEqual(sound - PIECE_BYTES_MAX);
    }
  });

  it.each(SAMPLES)(
    'gives as much of %s of %s that is damaged, wherever the pieces are cut',
    async (compression, _, compressed) => {
      for (const place of placesIn(compressed, 12)) {
        const damaged = Buffer.from(compressed);
        damaged.set([0x55, 0xff, 0xaa], Math.min(place + 1_000, compressed.length - 3));
        const lengths: number[] = [];
        for (const pieceBytes of [999, 50_000, compressed.length]) {
          const { bytes } = await readOut(decompress(compression, inPieces(damaged, pieceBytes)));
          lengths.push(bytes.length);
        }
        expect(new Set(lengths).size).toBe(1);
      }
    },
  );

  it('gives no byte of bzip2 that is wrong', async () => {
    const compressed = fixture('blocks.jsonl.bz2');
    const plain = eventLines('a', 5_000);
    for (const place of placesIn(compressed, 30)) {
      const damaged = Buffer.from(compressed);
      damaged[place]! ^= 0x10;
      const { bytes, error } = await readOut(decompress('bzip2', inPieces(damaged)));
      expect(error).toMatchObject({ code: 'SOURCE_CORRUPT' });
      expect(bytes.equals(plain.subarray(0, bytes.length))).toBe(true);
      const readable = (plain.length * place) / compressed.length;
      expect(bytes.length).toBeGreaterThan(readable - 2 * BLOCK_BYTES.bzip2);
    }
  });

  it('says what is wrong and how much was read', async () => {
    const damaged = gzipSync(text);
    damaged[damaged.length - 8]! ^= 1;
    expect(String((await readOut(decompress('gzip', inPieces(damaged)))).error)).toContain(
      'The gzip stream breaks after 600000 decompressed bytes (the checksum of a gzip member is wrong)',
    );
  });

  it.each(['gzip', 'zstd', 'bzip2'] as const)('calls a file that is no %s corrupt', async (compression) => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('{"event":"a"}\n'), Buffer.alloc(100)]) {
      const read = await readOut(decompress(compression, inPieces(bytes)));
      expect(read.bytes.length).toBe(0);
      expect(read.error).toMatchObject({ code: 'SOURCE_CORRUPT', retryable: false });
    }
  });

  it.each(SAMPLES)('does not take bytes behind %s of %s for nothing', async (compression, _, compressed) => {
    const { error } = await readOut(
      decompress(compression, inPieces(Buffer.concat([compressed, Buffer.from('more')]))),
    );
    expect(error).toMatchObject({ code: 'SOURCE_CORRUPT' });
  });

  it('reads gzip with all that a header may hold', async () => {
    const body = gzipSync('{}\n').subarray(10);
    const header = [0x1f, 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3, 2, 0, 65, 66, 97, 0, 98, 99, 0, 0, 0];
    const compressed = Buffer.concat([Buffer.from(header), body]);
    for (const pieceBytes of [1, 1_000])
      expect((await readOut(decompress('gzip', inPieces(compressed, pieceBytes)))).bytes.toString()).toBe(
        '{}\n',
      );
  });

  it('refuses zstd that asks for more memory than 128 MiB', async () => {
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, (31 - 10) << 3, 0x01, 0x00, 0x00]);
    expect(String((await readOut(decompress('zstd', inPieces(frame)))).error)).toContain('windowTooLarge');
  });

  it('stops what expands beyond the limit, having read no more than it needs', async () => {
    const member = gzipSync(Buffer.alloc(4 * MiB));
    const bomb = Buffer.concat(Array.from({ length: 100 }, () => member));
    const source = countingSource(memorySource(bomb, 1_000));
    const stream = decompress('gzip', source.read({ start: 0, end: bomb.length }), {
      limit: createByteLimit(10 * MiB),
    });
    const { bytes, error } = await readOut(stream);
    expect(error).toMatchObject({ code: 'SOURCE_TOO_LARGE', retryable: false });
    expect(bytes.length).toBeLessThanOrEqual(10 * MiB);
    expect(bytes.length).toBeGreaterThan(10 * MiB - PIECE_BYTES_MAX);
    expect(source.bytesRead()).toBeLessThan(bomb.length / 5);
  });

  it('gives 20 MB of one byte from a bzip2 block of 50 bytes in small pieces', async () => {
    const { bytes, longest } = await readOut(decompress('bzip2', inPieces(fixture('zeros.bz2'))));
    expect(bytes.equals(Buffer.alloc(20_000_000))).toBe(true);
    expect(longest).toBeLessThanOrEqual(PIECE_BYTES_MAX);
  });

  it('keeps little more memory than the bytes that it gives, also where members are small', async () => {
    const stream = fixture('two-streams.jsonl.bz2');
    const small: [StreamCompression, Buffer][] = [
      ['gzip', Buffer.concat(Array.from({ length: 100 }, () => gzipSync(text.subarray(0, 1_000))))],
      ['bzip2', Buffer.concat(Array.from({ length: 5 }, () => stream))],
    ];
    for (const [compression, compressed] of small) {
      const held = new Set<ArrayBufferLike>();
      let givenBytes = 0;
      for await (const piece of decompress(compression, inPieces(compressed))) {
        held.add(piece.buffer);
        givenBytes += piece.length;
      }
      const heldBytes = [...held].reduce((sum, { byteLength }) => sum + byteLength, 0);
      expect(heldBytes).toBeLessThan(4 * givenBytes);
    }
  });

  it('hands on what the source throws, and closes the source when it is left', async () => {
    const gone = new Error('gone');
    let isClosed = false;
    async function* breaking(): AsyncGenerator<Uint8Array> {
      try {
        yield gzipSync(text);
        throw gone;
      } finally {
        isClosed = true;
      }
    }
    expect((await readOut(decompress('gzip', breaking()))).error).toBe(gone);
    isClosed = false;
    for await (const _ of decompress('gzip', breaking())) break;
    expect(isClosed).toBe(true);
  });

  it.each(SAMPLES)(
    'ends, and never crashes, on %s of %s with bytes changed',
    async (compression, _, compressed) => {
      const small = compressed.subarray(0, 40_000);
      const edit = fc.record({ at: fc.nat(small.length - 1), value: fc.nat(255), drop: fc.nat(3) });
      await fc.assert(
        fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
          let bytes = Buffer.from(small);
          for (const { at, value, drop } of edits)
            bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([value]), bytes.subarray(at + drop)]);
          const { error } = await readOut(decompress(compression, inPieces(bytes)));
          if (error !== undefined) expect(error).toMatchObject({ code: 'SOURCE_CORRUPT' });
        }),
        { numRuns: 40, seed: 5 },
      );
    },
  );
});

describe('decompressMembers', () => {
  it.each(SAMPLES)('goes on at any border of %s of %s as if it had not stopped', async (...sample) => {
    const [compression, name, compressed, plain] = sample;
    const { borders } = await membersOf(compression, compressed);
    expect(borders.length).toBe(/^one|blocks/.test(name) ? 0 : 1);
    for (const border of borders) {
      const { bytes } = await membersOf(compression, compressed, border);
      expect(bytes.equals(plain.subarray(border.decompressedOffset))).toBe(true);
    }
  });

  it('gives the place of each border in the source, also when it went on at one', async () => {
    const members = ['a\n', 'bb\n', '', 'ccc\n'].map((line) => gzipSync(line));
    const padded = [members[0]!, Buffer.alloc(100), ...members.slice(1), Buffer.alloc(50)];
    const compressed = Buffer.concat(padded);
    const [a, b, c] = members.map(({ length }) => length) as [number, number, number, number];
    const expected = [
      { kind: 'border', compressedOffset: a + 100, decompressedOffset: 2 },
      { kind: 'border', compressedOffset: a + 100 + b, decompressedOffset: 5 },
      { kind: 'border', compressedOffset: a + 100 + b + c, decompressedOffset: 5 },
    ] as const;
    expect((await membersOf('gzip', compressed)).borders).toEqual(expected);
    expect((await membersOf('gzip', compressed, expected[0])).borders).toEqual(expected.slice(1));
    expect((await membersOf('gzip', compressed, expected[2])).bytes.toString()).toBe('ccc\n');
  });
});
