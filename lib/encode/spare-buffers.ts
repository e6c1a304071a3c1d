/** Buffers that are used again, so that not each batch takes new memory from the system and leaves it to the collector. */
export interface SpareBuffers {
  /** A buffer of exactly so many bytes, with anything in it. */
  take(bytes: number): Buffer;
  /** Gives back what `take` gave, once nobody uses it any more. */
  giveBack(buffer: Buffer): void;
}

/** @param buffersMax how many are kept, at most; the largest stay */
export const createSpareBuffers = (buffersMax: number): SpareBuffers => {
  /** By size, ascending. */
  const spare: ArrayBufferLike[] = [];

  return {
    take: (bytes) => {
      const at = spare.findIndex(({ byteLength }) => byteLength >= bytes);
      const memory = at < 0 ? Buffer.allocUnsafeSlow(bytes).buffer : spare.splice(at, 1)[0]!;
      return Buffer.from(memory, 0, bytes);
    },
    giveBack: ({ buffer }) => {
      const at = spare.findIndex(({ byteLength }) => byteLength >= buffer.byteLength);
      spare.splice(at < 0 ? spare.length : at, 0, buffer);
      if (spare.length > buffersMax) spare.shift();
    },
  };
};
