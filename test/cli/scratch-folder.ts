import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of a test, which goes with it. */
export interface ScratchFolder {
  readonly path: string;
  /** @returns the absolute path of the file */
  write(name: string, content?: string): Promise<string>;
  remove(): Promise<void>;
}

export const createScratchFolder = async (): Promise<ScratchFolder> => {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'fanout-cli-')));
  return {
    path,
    write: async (name, content = '{}\n') => {
      const file = join(path, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      return file;
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
};
