import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';

import { S3Error } from './errors.ts';

/**
 * Opens a regular file for reading. The stats are those of the opened descriptor, so they and the content
 * belong together whatever happens to the path.
 *
 * @returns undefined when there is no regular file at `path`
 * @throws {S3Error} `AccessDenied` when the file is there but may not be read
 */
export async function openRegularFile(
  path: string,
): Promise<{ file: FileHandle; stats: BigIntStats } | undefined> {
  const file = await openIfPresent(path);
  if (file === undefined) return undefined;
  const stats = await file.stat({ bigint: true }).catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  if (stats.isFile()) return { file, stats };
  await file.close();
  return undefined;
}

const absent = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ELOOP', 'ENXIO']);
const forbidden = new Set(['EACCES', 'EPERM']);

async function openIfPresent(path: string): Promise<FileHandle | undefined> {
  try {
    // Not blocking, because opening a named pipe would otherwise wait for a writer and hold a thread.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (absent.has(code)) return undefined;
    if (forbidden.has(code)) throw new S3Error('AccessDenied', `${path} may not be read (${code}).`);
    throw error;
  }
}
