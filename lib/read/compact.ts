const HELD_RATIO_MAX = 4;

/** The same bytes, copied where they would keep more than four times as much memory from being freed. */
export const compact = (bytes: Buffer): Buffer =>
  bytes.length * HELD_RATIO_MAX < bytes.buffer.byteLength ? Buffer.from(bytes) : bytes;
