import { type FanoutError, isFanoutError } from '../errors.ts';
import type { Cutter } from '../frame/format.ts';
import { formatOf } from '../frame/formats.ts';
import type { ChunkEntry } from '../plan/chunk.ts';
import { HEAD_BYTES } from '../plan/detect.ts';
import { entryOptions, layoutOfHead } from '../plan/layout.ts';
import { type ArchiveEntry, refused } from '../read/archive.ts';
import type { ByteLimit } from '../read/byte-limit.ts';
import { decompress, isStreamCompression } from '../read/decompress.ts';
import { isEndOfReading } from '../read/end-of-reading.ts';
import { peek } from '../read/peek.ts';
import type { Recipe } from '../recipe/schema.ts';

export interface OpenedEntry {
  readonly kind: 'opened';
  readonly entry: ChunkEntry;
  readonly cutter: Cutter;
  /** Decompressed. */
  readonly bytes: AsyncGenerator<Buffer>;
  /** Bytes read so far, as the archive gives them. */
  readonly bytesRead: () => number;
}

export type EntryOpening =
  | OpenedEntry
  | { readonly kind: 'empty' }
  /** Nothing of it can be read. */
  | { readonly kind: 'broken'; readonly failure: FanoutError }
  /** It is nothing that can be imported. */
  | { readonly kind: 'refused'; readonly failure: FanoutError };

/**
 * Opens an entry and finds out by its first 64 KiB what it is, as of a file that was dropped.
 *
 * @param limit told of what it decompresses to
 * @throws what reading throws, where that may pass or is not the fault of the entry
 */
export const openEntry = async (
  { name, open }: ArchiveEntry,
  recipe: Recipe,
  limit: ByteLimit,
): Promise<EntryOpening> => {
  const { head, failure, stream, close } = await peek(open(), HEAD_BYTES);
  const ended = async <Opening extends EntryOpening>(opening: Opening): Promise<Opening> => {
    await close();
    return opening;
  };
  const broken = failure?.error;
  if (failure && !(isFanoutError(broken) && isEndOfReading(broken))) {
    await close();
    throw failure.error;
  }
  if (head.length === 0)
    return ended(isFanoutError(broken) ? { kind: 'broken', failure: broken } : { kind: 'empty' });
  try {
    const { entry, cutter } = await identify(name, head, recipe);
    return { kind: 'opened', entry, cutter, ...reading(entry, stream, limit) };
  } catch (error) {
    await close();
    if (!isFanoutError(error)) throw error;
    return { kind: 'refused', failure: error };
  }
};

const identify = async (name: string, head: Buffer, recipe: Recipe) => {
  const { compression, format: tell } = await layoutOfHead(head, entryOptions(name, { recipe }));
  const format = tell();
  const { createCutter } = formatOf(format);
  if (!createCutter) throw refused(name, `it is ${format}, which is not read in an archive`).failure;
  return { entry: { name, format, compression }, cutter: createCutter(recipe) };
};

const reading = (
  { name, compression }: ChunkEntry,
  stream: AsyncIterable<Buffer>,
  limit: ByteLimit,
): Pick<OpenedEntry, 'bytes' | 'bytesRead'> => {
  let bytesRead = 0;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const piece of stream) {
      bytesRead += piece.length;
      yield piece;
    }
  }
  const options = { limit, name: `the entry "${name}"` };
  return {
    bytes: isStreamCompression(compression) ? decompress(compression, counted(), options) : counted(),
    bytesRead: () => bytesRead,
  };
};
