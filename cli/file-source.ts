import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ByteSource } from '../lib/read/byte-source.ts';
import { ReadError } from '../lib/read/read-error.ts';

/**
 * A file of this machine as a source.
 *
 * @throws {ReadError} also when it is read
 */
export const fileSource = async (path: string): Promise<ByteSource> => {
  const { size } = await stat(path).catch((error: unknown) => {
    throw fileError(error, path);
  });
  return {
    sizeBytes: size,
    async *read({ start, end }) {
      if (start >= end) return;
      try {
        yield* createReadStream(path, { start, end: end - 1 });
      } catch (error) {
        throw fileError(error, path);
      }
    },
  };
};

const CODES: Readonly<Record<string, ReadError['code']>> = {
  ENOENT: 'SOURCE_VANISHED',
  EACCES: 'SOURCE_FORBIDDEN',
  EPERM: 'SOURCE_FORBIDDEN',
};

const fileError = (error: unknown, path: string): ReadError => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = error instanceof Error ? error.message : String(error);
  return new ReadError(CODES[code] ?? 'SOURCE_UNAVAILABLE', `${path} cannot be read: ${reason}`, {
    cause: error,
  });
};
