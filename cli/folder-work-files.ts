import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkFiles } from './work-files.ts';

/** The Work bucket of the embedded cloud: the keys that are read here are paths below its folder. */
export const folderWorkFiles = (folder: string): WorkFiles => ({
  async *list(prefix) {
    for (const name of (await namesIn(join(folder, prefix))).sort()) {
      const key = `${prefix}${name}`;
      const stats = await unlessMissing(stat(join(folder, key)));
      if (stats?.isFile()) yield { key, changedAtMs: stats.mtimeMs };
    }
  },
  read: (key) => unlessMissing(readFile(join(folder, key))),
});

const namesIn = async (folder: string): Promise<string[]> => (await unlessMissing(readdir(folder))) ?? [];

const unlessMissing = async <T>(found: Promise<T>): Promise<T | undefined> => {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};
