/** The parts of unbzip2-stream 1.4.3 that decode one block; it has no types of its own. */
declare module 'unbzip2-stream/lib/bzip2.js' {
  export interface BitReader {
    (bits: number | null): number;
    /** Of the input, the byte under way included. */
    readonly bytesRead: number;
  }
  export interface BlockDecoder {
    /** Reads the header of a stream. @returns its level, 1 to 9 */
    header(bits: BitReader): number;
    /** Reads a block. @returns the checksum of the stream so far; null at the end of the stream */
    decompress(
      bits: BitReader,
      onByte: (byte: number) => void,
      block: Int32Array,
      blockLength: number,
      checksum: number,
    ): number | null;
  }
  const decoder: BlockDecoder;
  export default decoder;
}

declare module 'unbzip2-stream/lib/bit_iterator.js' {
  import type { BitReader } from 'unbzip2-stream/lib/bzip2.js';

  /** `nextPiece` is asked for the first piece at once. */
  const readBits: (nextPiece: () => Uint8Array) => BitReader;
  export default readBits;
}
