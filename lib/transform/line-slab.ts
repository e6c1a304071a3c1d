import type { Span } from './json-values.ts';

/** Lines are written one behind another into so many bytes at a time, or more where one is longer. */
const SLAB_BYTES = 256 * 1024;
/** Up to so many bytes are copied one by one, which takes as long as a call. */
const LOOPED_BYTES_MAX = 32;

/** Writes lines one behind another. */
export interface LineSlab {
  /** Begins a line of at most so many bytes. */
  begin(bytesMax: number): void;
  put(bytes: Buffer, start: number, end: number): void;
  /** Takes back so many bytes that were put. */
  drop(bytes: number): void;
  /** @returns the line; the next one stands behind it, unless it stands in other bytes */
  end(): Span;
}

export const createLineSlab = (): LineSlab => {
  let slab: Buffer = Buffer.alloc(0);
  let start = 0;
  let at = 0;
  return {
    begin: (bytesMax) => {
      if (at + bytesMax > slab.length) {
        slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytesMax));
        at = 0;
      }
      start = at;
    },
    put: (bytes, from, to) => {
      if (to - from > LOOPED_BYTES_MAX) bytes.copy(slab, at, from, to);
      else for (let index = from; index < to; index++) slab[at + index - from] = bytes[index]!;
      at += to - from;
    },
    drop: (bytes) => {
      at -= bytes;
    },
    end: () => ({ bytes: slab, start, end: at }),
  };
};
