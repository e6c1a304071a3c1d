import type { ByteRange, ByteSource } from '../read/byte-source.ts';
import type { Cutter, CutterOptions, FrameOptions } from './format.ts';
import { FrameError } from './frame-error.ts';
import type { FramedRecord } from './record.ts';

/** Turns the bytes of a range into records. */
export interface Framer {
  /** The records that `bytes` completes. They may be views: `bytes` must stay as it is while they are in use. */
  push(bytes: Buffer): readonly FramedRecord[];
  /** What is left at the end of the range. */
  finish(): readonly FramedRecord[];
}

/** The records of a range that begins and ends at a border. */
export async function* frameRange(
  source: ByteSource,
  range: ByteRange,
  framer: Framer,
  measure: NonNullable<FrameOptions['measure']> = run,
): AsyncGenerator<readonly FramedRecord[]> {
  for await (const piece of source.read(range)) yield measure(() => framer.push(toBuffer(piece)));
  yield measure(framer.finish);
}

export const run = <T>(work: () => T): T => work();

/**
 * What a range that begins inside the file needs of its beginning: what the splitter found out, or else the
 * beginning of the file is read again.
 *
 * @throws {FrameError} `HEADER_MISSING` where neither can be had
 */
export const headerFor = async (
  source: ByteSource,
  options: FrameOptions,
  createCutter: (options: CutterOptions) => Cutter,
): Promise<unknown> => {
  if (options.header !== undefined) return options.header;
  if (options.startsFile) {
    const { recordsPath, csv } = options;
    const cutter = createCutter({ recordsPath, csv });
    // One byte more: behind a CR it tells how records end.
    const end = Math.min(options.range.start + 1, source.sizeBytes);
    for await (const piece of source.read({ start: 0, end })) {
      cutter.advance(toBuffer(piece), 0);
      if (cutter.header() !== undefined) return cutter.header();
    }
  }
  throw new FrameError(
    'HEADER_MISSING',
    `A chunk that begins at byte ${options.range.start} came without what must be known of the beginning of its file. Import the file again.`,
  );
};

export const toBuffer = (piece: Uint8Array): Buffer =>
  Buffer.isBuffer(piece) ? piece : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
