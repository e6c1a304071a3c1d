import type { ByteSource } from '../../lib/read/byte-source.ts';

/** A source whose pieces stand in memory of their own, as those of S3 do. */
export const givenAway = (source: ByteSource, given: Uint8Array[] = []): ByteSource => ({
  sizeBytes: source.sizeBytes,
  givesAway: true,
  async *read(range) {
    for await (const bytes of source.read(range)) {
      const piece = Buffer.from(Uint8Array.from(bytes).buffer);
      given.push(piece);
      yield piece;
    }
  },
});
