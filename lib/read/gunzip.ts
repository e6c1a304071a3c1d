import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ReadError } from './read-error.ts';

const PIECE_BYTES = 256 * 1024;

/**
 * Decompresses gzip, of one member or several.
 *
 * @throws {ReadError} `SOURCE_CORRUPT` where the stream is not gzip or ends early, after all that could be read before
 */
export async function* gunzip(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const output = pipeline(
    Readable.from(compressed, { objectMode: false }),
    createGunzip({ chunkSize: PIECE_BYTES }),
    () => undefined,
  );
  let readBytes = 0;
  try {
    for await (const piece of output as AsyncIterable<Buffer>) {
      readBytes += piece.length;
      yield piece;
    }
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw new ReadError(
      'SOURCE_CORRUPT',
      `The gzip stream breaks after ${readBytes} decompressed bytes (${error.code}); what comes before is imported. Drop an intact file to import the rest.`,
      { cause: error },
    );
  }
}

const isZlibError = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
