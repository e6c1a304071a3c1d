import { formatOf } from '../frame/formats.ts';
import type { ByteSource } from '../read/byte-source.ts';
import { decompress, isStreamCompression, type StreamCompression } from '../read/decompress.ts';
import { ReadError } from '../read/read-error.ts';
import { readWhole } from '../read/read-whole.ts';
import { type CompressionName, type FormatName, isArchive } from '../recipe/formats.ts';
import { formatOfArchive } from './archive-format.ts';
import type { Source } from './chunk.ts';
import { type DetectOptions, detectCompression, detectFormat, HEAD_BYTES } from './detect.ts';
import { isTar } from './magic.ts';
import { PlanError } from './plan-error.ts';
import { ofReplayed } from './replay.ts';

export type Layout = Pick<Source, 'format' | 'compression'>;

/**
 * Format and compression of a source, by its first bytes, its name and the recipe. Reads at most 64 KiB, but of an
 * archive what tells the format of the first file in it.
 *
 * @throws {PlanError} `FORMAT_UNSUPPORTED` when nothing tells, `FORMAT_MISMATCH` when the recipe contradicts the bytes
 * @throws {ReadError} what the source throws
 */
export const layoutOf = async (source: ByteSource, given: DetectOptions): Promise<Layout> => {
  const options = { ...given, recipe: ofReplayed(given.key, given.recipe) };
  const head = await readWhole(source, { start: 0, end: Math.min(HEAD_BYTES, source.sizeBytes) });
  const { compression, format } = await layoutOfHead(head, options);
  if (!isArchive(compression)) return { compression, format: format() };
  const tell = async (entryHead: Buffer, name: string): Promise<FormatName | undefined> => {
    const format = (await layoutOfHead(entryHead, entryOptions(name, options))).format();
    return formatOf(format).createCutter && format;
  };
  return { compression, format: await formatOfArchive(source, compression, tell) };
};

/** What is known of a file in an archive: the settings of the recipe are for it, but for how the archive is compressed. */
export const entryOptions = (name: string, { recipe }: Pick<DetectOptions, 'recipe'>): DetectOptions => ({
  key: name,
  recipe: { ...recipe, compression: 'auto' },
});

export interface HeadLayout {
  readonly compression: CompressionName;
  /** @throws {PlanError} as {@link layoutOf} does; also for an archive, whose files have formats of their own */
  readonly format: () => FormatName;
}

/** @throws {PlanError} `FORMAT_MISMATCH` */
export const layoutOfHead = async (head: Buffer, options: DetectOptions): Promise<HeadLayout> => {
  const compression = detectCompression(head, options);
  if (isArchive(compression)) return { compression, format: () => refuseNested(compression, options) };
  const text = isStreamCompression(compression) ? await decompressedHead(compression, head) : head;
  if (compression === 'gzip' && isTar(text) && options.recipe.compression === 'auto')
    return { compression: 'tar.gz', format: () => refuseNested('tar.gz', options) };
  return { compression, format: () => detectFormat(text, options) };
};

const refuseNested = (compression: CompressionName, { key }: DetectOptions): never => {
  throw new PlanError(
    'FORMAT_UNSUPPORTED',
    `"${key}" is an archive (${compression}) in an archive. Drop it as a file of its own.`,
  );
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
