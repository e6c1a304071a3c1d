/** The part of hyparquet-compressors 1.1.2 that Node and hysnappy do not have. */
declare module 'hyparquet-compressors/src/lz4.js' {
  /** As Hadoop writes it, with lengths around its blocks. */
  export const decompressLz4: (bytes: Uint8Array, length: number) => Uint8Array;
  export const decompressLz4Raw: (bytes: Uint8Array, length: number) => Uint8Array;
}
