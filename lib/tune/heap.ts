const OLD_SPACE_SHARE = 0.65;

/**
 * V8's old space, in MB, for a function with `memoryMB` of memory: the value of `--max-old-space-size`.
 *
 * The rest is for what lives outside the old space: Buffers, zlib, TLS, the young generation and Node itself
 * (about 45 MB). The managed runtime's own default of 90 % lets the heap limit pass the function's memory, so that
 * too many Buffers end in a killed function instead of a garbage collection.
 */
export const oldSpaceMB = (memoryMB: number): number => Math.floor(memoryMB * OLD_SPACE_SHARE);

/**
 * V8's young generation, in MB, the value of `--max-semi-space-size`. Node's own 16 MB and more let garbage of batches
 * pile up: with 2 MB a sender of 300-byte events peaked near 125 MB instead of near 200 MB, as fast as before.
 */
export const semiSpaceMB = (memoryMB: number): number =>
  Math.min(16, Math.max(2, Math.floor(memoryMB / 128)));

/** What Node is started with for a function of that memory. */
export const nodeMemoryFlags = (memoryMB: number): string[] => [
  `--max-semi-space-size=${semiSpaceMB(memoryMB)}`,
  `--max-old-space-size=${oldSpaceMB(memoryMB)}`,
  '--expose-gc',
];

/** Share of a function's memory that batches under way may take, counted before compression. */
export const IN_FLIGHT_SHARE = 0.1;
