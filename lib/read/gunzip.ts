import { decompress } from './decompress.ts';

/**
 * Decompresses gzip, of one member or several.
 *
 * @throws {ReadError} `SOURCE_CORRUPT` where the stream is not gzip or ends early, after all that could be read before
 */
export const gunzip = (compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> =>
  decompress('gzip', compressed);
