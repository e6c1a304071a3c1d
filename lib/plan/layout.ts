import type { ByteSource } from '../read/byte-source.ts';
import { decompress, isStreamCompression, type StreamCompression } from '../read/decompress.ts';
import { ReadError } from '../read/read-error.ts';
import { readWhole } from '../read/read-whole.ts';
import type { Source } from './chunk.ts';
import { type DetectOptions, detectCompression, detectFormat, HEAD_BYTES } from './detect.ts';
import { PlanError } from './plan-error.ts';
import { ofReplayed } from './replay.ts';

export type Layout = Pick<Source, 'format' | 'compression'>;

/**
 * Format and compression of a source, by its first bytes, its name and the recipe. Reads at most 64 KiB.
 *
 * @throws {PlanError} `FORMAT_UNSUPPORTED` when nothing tells, `FORMAT_MISMATCH` when the recipe contradicts the bytes
 * @throws {ReadError} what the source throws
 */
export const layoutOf = async (source: ByteSource, given: DetectOptions): Promise<Layout> => {
  const options = { ...given, recipe: ofReplayed(given.key, given.recipe) };
  const head = await readWhole(source, { start: 0, end: Math.min(HEAD_BYTES, source.sizeBytes) });
  const compression = detectCompression(head, options);
  if (compression !== 'none' && !isStreamCompression(compression)) {
    throw new PlanError(
      'FORMAT_UNSUPPORTED',
      `"${options.key}" is a ${compression} archive, which is not read yet. Unpack it and drop its files.`,
    );
  }
  const text = compression === 'none' ? head : await decompressedHead(compression, head);
  return { compression, format: detectFormat(text, options) };
};

/** What the beginning of a stream decompresses to; it breaks off somewhere, which is no damage. */
const decompressedHead = async (compression: StreamCompression, head: Buffer): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of decompress(compression, only(head))) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= HEAD_BYTES) break;
    }
  } catch (error) {
    if (!(error instanceof ReadError) || error.code !== 'SOURCE_CORRUPT') throw error;
  }
  return Buffer.concat(pieces).subarray(0, HEAD_BYTES);
};

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
