import type { Source } from '../plan/chunk.ts';
import type { ByteSource } from '../read/byte-source.ts';
import { decompress, isStreamCompression, type StreamCompression } from '../read/decompress.ts';
import { memorySource } from '../read/memory.ts';
import { ReadError } from '../read/read-error.ts';
import { readWhole } from '../read/read-whole.ts';
import { wholeBlocks } from './bzip2-blocks.ts';

const KiB = 1024;

/** Longer than the longest record that recipes accept by default. */
const HEAD_BYTES_MAX = 1_280 * KiB;
/** What does not shrink when it is compressed still gives `HEAD_BYTES_MAX`. */
const MARGIN_BYTES = 64 * KiB;
/** Handed to a decoder at a time, however it arrives: so what is measured depends on the bytes alone. */
const PIECE_BYTES = 4 * KiB;
/** Even a piece may expand to any size. */
const DECOMPRESSED_BYTES_MAX = 4 * HEAD_BYTES_MAX;

/** The beginning of a source, decompressed. */
export interface Head {
  /** Holds no more than the beginning. */
  readonly source: ByteSource;
  /** The source ends with it. */
  readonly isAll: boolean;
  /** Decompressed bytes for each byte as it is stored. */
  readonly storedRatio: number;
  /** Why the source could not be read on, where it is damaged. */
  readonly damage?: string;
}

/**
 * Opens the first 1.25 MiB of a source. A plain one is read when the head is; of a compressed one, less than
 * 1.4 MiB are read at once.
 *
 * @throws {ReadError} what the source throws; damage is a finding, not an error
 */
export const readHead = async (source: ByteSource, compression: Source['compression']): Promise<Head> => {
  if (isStreamCompression(compression)) return readCompressed(source, compression);
  const sizeBytes = Math.min(HEAD_BYTES_MAX, source.sizeBytes);
  return { source: { ...source, sizeBytes }, isAll: sizeBytes === source.sizeBytes, storedRatio: 1 };
};

const readCompressed = async (source: ByteSource, compression: StreamCompression): Promise<Head> => {
  const end = Math.min(HEAD_BYTES_MAX + MARGIN_BYTES, source.sizeBytes);
  const read = await readWhole(source, { start: 0, end });
  const stored = compression === 'bzip2' ? wholeBlocks(read, HEAD_BYTES_MAX) : read;
  const { bytes, storedBytes, damage } = await decompressHead(stored, compression);
  const isAll = stored.length === source.sizeBytes && bytes.length < HEAD_BYTES_MAX;
  return {
    source: memorySource(bytes.subarray(0, HEAD_BYTES_MAX)),
    isAll,
    storedRatio: bytes.length === 0 ? 1 : bytes.length / storedBytes,
    ...(isAll && damage !== undefined ? { damage } : {}),
  };
};

interface DecompressedHead {
  readonly bytes: Buffer;
  /** That gave these bytes. */
  readonly storedBytes: number;
  /** Or that more would have come. */
  readonly damage: string | undefined;
}

/** A decoder takes the next piece when it has given what is in the ones before (bzip2: when it has given a block). */
const decompressHead = async (stored: Buffer, compression: StreamCompression): Promise<DecompressedHead> => {
  const held: Buffer[] = [];
  let bytes = 0;
  let storedBytes = 0;
  async function* pieces(): AsyncGenerator<Buffer> {
    while (storedBytes < stored.length && bytes < HEAD_BYTES_MAX) {
      const piece = stored.subarray(storedBytes, storedBytes + PIECE_BYTES);
      storedBytes += piece.length;
      yield piece;
    }
  }
  let damage: string | undefined;
  try {
    for await (const output of decompress(compression, pieces())) {
      held.push(output);
      bytes += output.length;
      if (bytes >= DECOMPRESSED_BYTES_MAX) break;
    }
  } catch (error) {
    if (!(error instanceof ReadError) || error.code !== 'SOURCE_CORRUPT') throw error;
    damage = error.message;
  }
  return { bytes: Buffer.concat(held), storedBytes, damage };
};
