import type { BitReader, BlockDecoder } from 'unbzip2-stream/lib/bzip2.js';
import { compact } from './compact.ts';
import { Damage } from './damage.ts';
import { BORDER, type MemberPart } from './members.ts';
import type { Pieces } from './pieces.ts';

/** A level of bzip2 is this many bytes of a block. */
const LEVEL_BYTES = 100_000;
/** A block is never longer compressed than not, but for its tables. */
const TABLES_BYTES = 25_000;
const HEADER_BYTES = 4;
const MiB = 1024 * 1024;
const PIECE_BYTES = 64 * 1024;

/**
 * The streams of a bzip2 file. Of the package unbzip2-stream only the decoder of a block is used: its stream decodes
 * all that it holds at once, which for a file of equal bytes is gigabytes. Here one block is held at a time: 900 kB
 * of text, or at most 47 MB where it is one byte repeated. A block is given when its checksum is right.
 */
export async function* bzip2Members(pieces: Pieces): AsyncGenerator<MemberPart> {
  yield* readStream(pieces);
  for (let piece = await pieces.next(); piece !== undefined; piece = await pieces.next()) {
    pieces.putBack(piece);
    yield BORDER;
    yield* readStream(pieces);
  }
}

async function* readStream(pieces: Pieces): AsyncGenerator<Buffer> {
  const { default: decoder } = await import('unbzip2-stream/lib/bzip2.js');
  const input = await openBits(pieces);
  await input.hold(HEADER_BYTES);
  const level = decoded(() => decoder.header(input.bits));
  const block = new Int32Array(level * LEVEL_BYTES);
  let checksum = 0;
  for (;;) {
    await input.hold(level * LEVEL_BYTES + TABLES_BYTES);
    const next = decodeBlock({ decoder, bits: input.bits, block, checksum });
    if (next === 'end') break;
    checksum = next.checksum;
    for (let at = 0; at < next.bytes.length; at += PIECE_BYTES)
      yield next.bytes.subarray(at, at + PIECE_BYTES);
  }
  input.putBackUnread();
}

/** The bits of `pieces`, of which as many as are needed must be held before they are read. */
const openBits = async (pieces: Pieces) => {
  const { default: readBits } = await import('unbzip2-stream/lib/bit_iterator.js');
  const queue: Buffer[] = [];
  let current: Buffer = (await pieces.next()) ?? Buffer.alloc(0);
  let takenBytes = current.length;
  queue.push(current);
  const bits = readBits(() => {
    const piece = queue.shift();
    if (piece === undefined) throw new Damage('it is cut off');
    current = piece;
    return piece;
  });
  return {
    bits,
    hold: async (bytes: number): Promise<void> => {
      while (takenBytes - bits.bytesRead < bytes) {
        const piece = await pieces.next();
        if (piece === undefined) return;
        takenBytes += piece.length;
        queue.push(piece);
      }
    },
    putBackUnread: (): void => {
      const unread = takenBytes - bits.bytesRead;
      if (unread > 0) pieces.putBack(Buffer.concat([current, ...queue]).subarray(-unread));
    },
  };
};

interface BlockInput {
  readonly decoder: BlockDecoder;
  readonly bits: BitReader;
  readonly block: Int32Array;
  /** Of the blocks before. */
  readonly checksum: number;
}

/** The bytes of the next block, or that there is none. */
const decodeBlock = ({
  decoder,
  bits,
  block,
  checksum,
}: BlockInput): 'end' | { readonly bytes: Buffer; readonly checksum: number } => {
  let output = Buffer.allocUnsafe(MiB);
  let length = 0;
  const add = (byte: number): void => {
    if (length === output.length) output = Buffer.concat([output], 2 * output.length);
    output[length++] = byte;
  };
  const next = decoded(() => decoder.decompress(bits, add, block, block.length, checksum));
  return next === null ? 'end' : { bytes: compact(output.subarray(0, length)), checksum: next };
};

const decoded = <T>(decode: () => T): T => {
  try {
    return decode();
  } catch (error) {
    throw error instanceof Damage ? error : new Damage(reasonOf(error), { cause: error });
  }
};

/** The decoder's own messages are jokes, but for these two. */
const reasonOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes('crc32')) return 'the checksum of a block is wrong';
  if (message.includes('magic')) return 'no bzip2 header where one must be';
  return 'a block makes no sense';
};
