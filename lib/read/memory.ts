import type { ByteSource } from './byte-source.ts';

/** A buffer as a source, handed out in pieces of `pieceBytes`. */
export const memorySource = (bytes: Uint8Array, pieceBytes = 64 * 1024): ByteSource => ({
  sizeBytes: bytes.length,
  async *read({ start, end }) {
    const stop = Math.min(end, bytes.length);
    for (let at = start; at < stop; at += pieceBytes)
      yield bytes.subarray(at, Math.min(at + pieceBytes, stop));
  },
});
