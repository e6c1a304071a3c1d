import type { ByteRange, ByteSource } from '../read/byte-source.ts';
import { createLineFramer } from './lines.ts';
import type { FramedRecord } from './record.ts';

/** Read past the end of a range along with it, so that finishing its last line seldom costs a read of its own. */
const LOOKAHEAD_BYTES = 16 * 1024;

export interface FrameOptions {
  readonly range: ByteRange;
  /** `lines`: the range begins and ends at a line. `bytes`: it may begin and end inside one. */
  readonly borders: 'lines' | 'bytes';
  /** The object begins where the file begins. */
  readonly startsFile: boolean;
  /** Longest record accepted, in bytes. */
  readonly recordBytesMax: number;
  /** Runs the framing of each piece that was read, so that it can be measured. */
  readonly measure?: <T>(work: () => T) => T;
}

/**
 * The lines of a range, in order; those that one read completes come together. A line belongs to the range
 * that holds its first byte, so over any cut of an object into ranges each line comes exactly once.
 *
 * @throws {ReadError} whatever the source throws
 */
export async function* frameJsonl(
  source: ByteSource,
  { range, borders, startsFile, recordBytesMax, measure = run }: FrameOptions,
): AsyncGenerator<FramedRecord[]> {
  if (range.start >= range.end) return;
  const looksBack = borders === 'bytes' && range.start > 0;
  const start = looksBack ? range.start - 1 : range.start;
  const framer = createLineFramer({
    start,
    end: range.end,
    skipPartial: looksBack,
    startsFile,
    lineBytesMax: recordBytesMax,
  });
  const lookahead = borders === 'bytes' ? LOOKAHEAD_BYTES : 0;
  for (const read of readsFrom(start, range.end + lookahead, source.sizeBytes)) {
    for await (const piece of source.read(read)) {
      yield measure(() => framer.push(toBuffer(piece)));
      if (framer.isDone()) return;
    }
  }
  yield framer.finish();
}

const run = <T>(work: () => T): T => work();

/** The range first; then, for a last line that goes on, reads that double in length up to the end of the object. */
function* readsFrom(start: number, end: number, sizeBytes: number): Generator<ByteRange> {
  let length = LOOKAHEAD_BYTES;
  let read = { start, end: Math.min(end, sizeBytes) };
  while (read.start < read.end) {
    yield read;
    length *= 2;
    read = { start: read.end, end: Math.min(read.end + length, sizeBytes) };
  }
}

const toBuffer = (piece: Uint8Array): Buffer =>
  Buffer.isBuffer(piece) ? piece : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
