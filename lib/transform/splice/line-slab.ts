import type { Span } from './json-values.ts';

/** Lines are written one behind another into so many bytes at a time, or more where one is longer. */
const SLAB_BYTES = 256 * 1024;
/** Up to so many bytes are copied one by one, which takes as long as a call. */
const LOOPED_BYTES_MAX = 32;

/** Where lines are written, one behind another. */
export interface LineSlab {
  bytes: Buffer;
  /** Where the last line begins. */
  start: number;
  /** Behind what was put last. */
  at: number;
}

export const createLineSlab = (): LineSlab => ({ bytes: Buffer.alloc(0), start: 0, at: 0 });

/** Begins a line of at most so many bytes, in other bytes than the last if it may not fit there. */
export const beginLine = (slab: LineSlab, bytesMax: number): void => {
  if (slab.at + bytesMax > slab.bytes.length) {
    slab.bytes = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytesMax));
    slab.at = 0;
  }
  slab.start = slab.at;
};

export const putBytes = (slab: LineSlab, bytes: Buffer, from: number, to: number): void => {
  const { bytes: onto, at } = slab;
  if (to - from > LOOPED_BYTES_MAX) bytes.copy(onto, at, from, to);
  else for (let index = from; index < to; index++) onto[at + index - from] = bytes[index]!;
  slab.at = at + to - from;
};

export const putByte = (slab: LineSlab, byte: number): void => {
  slab.bytes[slab.at] = byte;
  slab.at += 1;
};

export const put = (slab: LineSlab, { bytes, start, end }: Span): void => putBytes(slab, bytes, start, end);

/** @throws {RangeError} where the line is longer than was said when it began: what is written behind the end is lost */
export const lineOf = ({ bytes, start, at }: LineSlab): Span => {
  if (at > bytes.length) throw new RangeError(`The line is ${at - bytes.length} bytes longer than was said.`);
  return { bytes, start, end: at };
};
