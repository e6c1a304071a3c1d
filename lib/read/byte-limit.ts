import { ReadError } from './read-error.ts';

/** Told of decompressed bytes before they are handed on. @throws {ReadError} `SOURCE_TOO_LARGE` */
export type ByteLimit = (bytes: number) => void;

/**
 * A limit on all that one source decompresses to, however many streams, entries and layers it has. How far a stream
 * expands is no sign of a bomb, since logs of equal lines shrink a thousand times too; what it costs is.
 */
export const createByteLimit = (decompressedBytesMax: number, alreadyBytes = 0): ByteLimit => {
  let total = alreadyBytes;
  return (bytes) => {
    total += bytes;
    if (total <= decompressedBytesMax) return;
    throw new ReadError(
      'SOURCE_TOO_LARGE',
      `The source decompresses to more than ${decompressedBytesMax} bytes (decompressedBytesMax); what comes before is imported. Raise the limit if the file is meant to be that large, or drop it in parts.`,
    );
  };
};
