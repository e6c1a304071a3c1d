import { crc32, createInflateRaw } from 'node:zlib';
import { Damage } from './damage.ts';
import { decodeMember, OUTPUT_BYTES } from './decode-member.ts';
import { BORDER, type MemberPart } from './members.ts';
import type { Pieces } from './pieces.ts';

const MAGIC = Buffer.from([0x1f, 0x8b, 0x08]);
const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
/** Longest file name or comment in a header; gzip(1) writes what a file system takes. */
const HEADER_TEXT_BYTES_MAX = 64 * 1024;
const FLAG = { headerCrc: 0x02, extra: 0x04, name: 0x08, comment: 0x10, reserved: 0xe0 };

/**
 * The members of a gzip stream (RFC 1952), which may be padded with zeros. Node's own gunzip reads over the borders
 * between members without a word; so only what is inside a member is left to it.
 */
export async function* gzipMembers(pieces: Pieces): AsyncGenerator<MemberPart> {
  await readHeader(pieces);
  yield* readBody(pieces);
  while (await skipZeros(pieces)) {
    yield BORDER;
    await readHeader(pieces);
    yield* readBody(pieces);
  }
}

const readHeader = async (pieces: Pieces): Promise<void> => {
  const header = await pieces.take(HEADER_BYTES);
  if (!header.subarray(0, MAGIC.length).equals(MAGIC)) throw new Damage('no gzip header where one must be');
  if (header.length < HEADER_BYTES) throw new Damage('the gzip header is cut off');
  const flags = header[3]!;
  if (flags & FLAG.reserved) throw new Damage('a gzip header with unknown flags');
  if (flags & FLAG.extra) {
    const length = await takeAll(pieces, 2);
    await takeAll(pieces, length.readUInt16LE());
  }
  if (flags & FLAG.name) await skipText(pieces);
  if (flags & FLAG.comment) await skipText(pieces);
  if (flags & FLAG.headerCrc) await takeAll(pieces, 2);
};

async function* readBody(pieces: Pieces): AsyncGenerator<Buffer> {
  let checksum = 0;
  let bytes = 0;
  for await (const output of decodeMember(createInflateRaw({ chunkSize: OUTPUT_BYTES }), pieces)) {
    checksum = crc32(output, checksum);
    bytes += output.length;
    yield output;
  }
  const trailer = await takeAll(pieces, TRAILER_BYTES);
  if (trailer.readUInt32LE(0) !== checksum) throw new Damage('the checksum of a gzip member is wrong');
  if (trailer.readUInt32LE(4) !== bytes % 2 ** 32) throw new Damage('the length of a gzip member is wrong');
}

const takeAll = async (pieces: Pieces, bytes: number): Promise<Buffer> => {
  const taken = await pieces.take(bytes);
  if (taken.length < bytes) throw new Damage('a gzip member is cut off');
  return taken;
};

/** Reads over a text that ends with a zero. */
const skipText = async (pieces: Pieces): Promise<void> => {
  for (let skipped = 0; skipped < HEADER_TEXT_BYTES_MAX; ) {
    const piece = await pieces.next();
    if (piece === undefined) throw new Damage('the gzip header is cut off');
    const end = piece.indexOf(0);
    if (end >= 0) return pieces.putBack(piece.subarray(end + 1));
    skipped += piece.length;
  }
  throw new Damage(`a gzip header with a name longer than ${HEADER_TEXT_BYTES_MAX} bytes`);
};

/** Reads over padding. @returns whether anything follows */
const skipZeros = async (pieces: Pieces): Promise<boolean> => {
  for (;;) {
    const piece = await pieces.next();
    if (piece === undefined) return false;
    const start = piece.findIndex((byte) => byte !== 0);
    if (start < 0) continue;
    pieces.putBack(piece.subarray(start));
    return true;
  }
};
