import type { ByteRange, ByteSource } from './byte-source.ts';

/** All bytes of a range, held at once: for ranges that are known to be small. */
export const readWhole = async (source: ByteSource, range: ByteRange): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.read(range)) pieces.push(piece);
  return Buffer.concat(pieces);
};
