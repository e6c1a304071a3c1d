import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { CompressionCodec } from 'hyparquet';
import { unsnap } from '../snappy.ts';
import type { ParquetLibrary } from './file.ts';

/** All but LZO, which nothing reads any more. */
export type ParquetCodec = Exclude<CompressionCodec, 'LZO'>;

const CODECS: ReadonlySet<string> = new Set<ParquetCodec>([
  'UNCOMPRESSED',
  'SNAPPY',
  'GZIP',
  'ZSTD',
  'BROTLI',
  'LZ4',
  'LZ4_RAW',
]);

export const isKnownCodec = (codec: string | undefined): codec is ParquetCodec => CODECS.has(codec ?? '');

/** @param bytesMax of what comes out: no more is ever held */
type Decompress = (bytes: Uint8Array, bytesMax: number) => Uint8Array;

/** What undoes a codec: Node's own zlib where it can. */
export const decompressorOf = (library: ParquetLibrary, codec: ParquetCodec): Decompress => {
  switch (codec) {
    case 'UNCOMPRESSED':
      return (bytes) => bytes;
    case 'GZIP':
      return (bytes, bytesMax) => gunzipSync(bytes, { maxOutputLength: bytesMax });
    case 'ZSTD':
      return (bytes, bytesMax) => zstdDecompressSync(bytes, { maxOutputLength: bytesMax });
    case 'BROTLI':
      return (bytes, bytesMax) => brotliDecompressSync(bytes, { maxOutputLength: bytesMax });
    case 'SNAPPY':
      return (bytes, bytesMax) => unsnap(bytes, bytesMax);
    case 'LZ4':
      return library.decompressLz4;
    case 'LZ4_RAW':
      return library.decompressLz4Raw;
  }
};
