const OLD_SPACE_SHARE = 0.65;

/**
 * V8's old space, in MB, for a function with `memoryMB` of memory: the value of `--max-old-space-size`.
 *
 * The rest is for what lives outside the old space: Buffers, zlib, TLS, the young generation and Node itself
 * (about 45 MB). The managed runtime's own default of 90 % lets the heap limit pass the function's memory, so that
 * too many Buffers end in a killed function instead of a garbage collection.
 */
export const oldSpaceMB = (memoryMB: number): number => Math.floor(memoryMB * OLD_SPACE_SHARE);

/** Share of a function's memory that batches under way may take, counted before compression. */
export const IN_FLIGHT_SHARE = 0.1;
