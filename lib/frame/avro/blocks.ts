import { isFanoutError } from '../../errors.ts';
import type { ByteRange, ByteSource } from '../../read/byte-source.ts';
import { readWhole } from '../../read/read-whole.ts';
import { blockTooLong } from './codecs.ts';
import { corrupt, reasonOf } from './corrupt.ts';
import { type Feed, openFeed } from './feed.ts';
import { type AvroFile, SYNC_BYTES } from './header.ts';
import { createAvroReader } from './reader.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
/** Writers make blocks of 16 KiB to a few MiB. */
export const BLOCK_BYTES_MAX = 64 * MiB;
/** Two integers stand before the bytes of a block. */
const PREFIX_BYTES_MAX = 20;
/** Read back from a place to find the block that it is in; holds most blocks whole. */
const LOOKBACK_BYTES = 128 * KiB;

export interface Block {
  /** First byte of the block, and first byte behind its sync marker. */
  readonly start: number;
  readonly end: number;
  readonly recordCount: number;
  /** As they stand in the file. */
  readonly bytes: Buffer;
}

/**
 * The blocks that have a byte in `range`, whole, in order. The one that begins before the range is found by the sync
 * marker before it.
 *
 * @throws {ReadError} `SOURCE_CORRUPT` where no block is, or whatever the source throws
 * @throws {FrameError} `AVRO_BLOCK_TOO_LONG`
 */
export async function* readBlocks(
  source: ByteSource,
  { sync, blocksStart }: AvroFile,
  range: ByteRange,
): AsyncGenerator<Block> {
  const end = Math.min(range.end, source.sizeBytes);
  const start = await findBlock(source, sync, blocksStart, range.start);
  const feed = openFeed(source, { start, end });
  try {
    while (feed.position() < end) {
      const block = await readBlock(feed, sync);
      if (block.end > range.start) yield block;
    }
  } finally {
    await feed.close();
  }
}

/** Start of the block that holds `place`. */
const findBlock = async (
  source: ByteSource,
  sync: Buffer,
  blocksStart: number,
  place: number,
): Promise<number> => {
  if (place <= blocksStart) return blocksStart;
  const first = blocksStart - SYNC_BYTES;
  for (let bytes = LOOKBACK_BYTES; ; bytes *= 4) {
    const start = Math.max(first, place - bytes);
    const before = await readWhole(source, { start, end: Math.min(place, source.sizeBytes) });
    const found = before.lastIndexOf(sync);
    if (found >= 0) return start + found + SYNC_BYTES;
    if (start === first || bytes > BLOCK_BYTES_MAX)
      throw corrupt(`no block begins in the ${bytes} bytes before byte ${place}`);
  }
};

const readBlock = async (feed: Feed, sync: Buffer): Promise<Block> => {
  const start = feed.position();
  const { recordCount, length, prefixBytes } = readPrefix(await feed.peek(PREFIX_BYTES_MAX), start);
  const totalBytes = prefixBytes + length + SYNC_BYTES;
  const whole = await feed.peek(totalBytes);
  if (whole.length < totalBytes) throw corrupt(`it ends inside the block at byte ${start}`);
  feed.skip(totalBytes);
  const bytes = whole.subarray(prefixBytes, prefixBytes + length);
  if (!whole.subarray(prefixBytes + length).equals(sync))
    throw corrupt(`the block at byte ${start} does not end with the sync marker`);
  return { start, end: start + totalBytes, recordCount, bytes };
};

const readPrefix = (bytes: Buffer, start: number) => {
  const reader = createAvroReader(bytes);
  try {
    const recordCount = reader.long();
    const length = reader.long();
    if (typeof recordCount === 'bigint' || recordCount < 0 || typeof length === 'bigint' || length < 0)
      throw new Error(`${recordCount} records in ${length} bytes`);
    if (length > BLOCK_BYTES_MAX) throw blockTooLong(BLOCK_BYTES_MAX);
    return { recordCount, length, prefixBytes: reader.position() };
  } catch (error) {
    throw isFanoutError(error) ? error : corrupt(`the block at byte ${start}: ${reasonOf(error)}`, error);
  }
};
