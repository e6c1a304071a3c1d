const OLD_SPACE_SHARE = 0.65;
const SEMI_SPACE_SHARE = 1 / 64;
const SEMI_SPACE_MB_MIN = 2;
const SEMI_SPACE_MB_MAX = 16;

/**
 * V8's old space, in MB, for a function with `memoryMB` of memory: the value of `--max-old-space-size`.
 *
 * The rest is for what lives outside the old space: Buffers, zlib, TLS, the young generation and Node itself
 * (about 45 MB). The managed runtime's own default of 90 % lets the heap limit pass the function's memory, so that
 * too many Buffers end in a killed function instead of a garbage collection.
 */
export const oldSpaceMB = (memoryMB: number): number => Math.floor(memoryMB * OLD_SPACE_SHARE);

/**
 * The most that one half of V8's young generation takes, in MB: the value of `--max-semi-space-size`.
 *
 * Left alone, a sender's young generation was measured at 150 MB, most of it empty, against 40 MB with this and no
 * fewer records per second. The managed runtime sets no value of its own once the old space has one.
 */
export const semiSpaceMB = (memoryMB: number): number =>
  Math.min(SEMI_SPACE_MB_MAX, Math.max(SEMI_SPACE_MB_MIN, Math.floor(memoryMB * SEMI_SPACE_SHARE)));

/** Node's options for a function with `memoryMB` of memory; `gc()` is there for the knobs that call it. */
export const heapOptions = (memoryMB: number): readonly string[] => [
  `--max-old-space-size=${oldSpaceMB(memoryMB)}`,
  `--max-semi-space-size=${semiSpaceMB(memoryMB)}`,
  '--expose-gc',
];

/** Share of a function's memory that batches under way may take, counted before compression. */
export const IN_FLIGHT_SHARE = 0.1;
