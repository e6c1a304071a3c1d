import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of a test, which goes with it. */
export interface ScratchFolder {
  readonly path: string;
  /** @returns the absolute path of the file */
  write(name: string, content?: string): Promise<string>;
  writeBytes(name: string, content: Buffer): Promise<void>;
  remove(): Promise<void>;
}

export const createScratchFolder = async (): Promise<ScratchFolder> => {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'fanout-cli-')));
  const put = async (name: string, content: string | Buffer): Promise<string> => {
    const file = join(path, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    return file;
  };
  return {
    path,
    write: (name, content = '{}\n') => put(name, content),
    writeBytes: async (name, content) => void (await put(name, content)),
    remove: () => rm(path, { recursive: true, force: true }),
  };
};
