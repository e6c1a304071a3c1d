import type { Dirent } from 'node:fs';
import { mkdir, readdir, rename, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { besideFolder, stateFolder } from './key-path.ts';
import { createLocks } from './locks.ts';

/**
 * Files at relative paths below `root`, where a path may be a file and a folder at once: then the file is
 * kept beside the folder, under its name with {@link besideFolder} behind.
 */
export interface FolderLayout {
  /** Where the file of `path` may be, in the order to look. */
  places(path: string): readonly [string, string];
  /** Moves a file to `path`, in place of what is there. */
  put(path: string, from: string): Promise<void>;
  /** Removes the file of `path`, and folders it leaves empty. */
  remove(path: string): Promise<void>;
  /** The paths of all files in `folder` and below; '' is the root. */
  walk(folder: string): AsyncIterable<string>;
}

export function createFolderLayout(root: string): FolderLayout {
  // Making and removing folders concerns many paths at once, so these steps run one at a time.
  const locks = createLocks();
  const changeTree = (work: () => Promise<void>) => locks('tree', work);
  const places = (path: string) => [join(root, path), join(root, path + besideFolder)] as const;
  return {
    places,
    put: (path, from) =>
      changeTree(async () => {
        await makeFolders(root, dirname(path));
        await rename(from, await placeFor(places(path)));
      }),
    remove: (path) =>
      changeTree(async () => {
        for (const place of places(path)) await unlinkFile(place);
        await removeEmptyFolders(root, dirname(path));
      }),
    walk: (folder) => walkFiles(root, folder),
  };
}

async function makeFolders(root: string, folder: string): Promise<void> {
  try {
    await mkdir(join(root, folder), { recursive: true });
  } catch (error) {
    if (!hasCode(error, 'EEXIST', 'ENOTDIR')) throw error;
    await moveFilesAside(root, folder);
    await mkdir(join(root, folder), { recursive: true });
  }
}

/** A file whose name a folder needs goes beside it. */
async function moveFilesAside(root: string, folder: string): Promise<void> {
  let place = root;
  for (const name of folder.split('/')) {
    place = join(place, name);
    if ((await kindOf(place)) === 'file') await rename(place, place + besideFolder);
  }
}

async function placeFor([plain, beside]: readonly [string, string]): Promise<string> {
  const isBeside = (await kindOf(plain)) === 'folder' || (await kindOf(beside)) === 'file';
  return isBeside ? beside : plain;
}

async function kindOf(place: string): Promise<'file' | 'folder' | 'nothing'> {
  const stats = await stat(place).catch(() => undefined);
  if (stats === undefined) return 'nothing';
  return stats.isDirectory() ? 'folder' : 'file';
}

async function unlinkFile(place: string): Promise<void> {
  if ((await kindOf(place)) === 'file') await unlink(place);
}

async function removeEmptyFolders(root: string, folder: string): Promise<void> {
  for (let path = folder; path !== '.'; path = dirname(path)) {
    const isRemoved = await rmdir(join(root, path)).then(
      () => true,
      () => false,
    );
    if (!isRemoved) return;
  }
}

async function* walkFiles(root: string, folder: string): AsyncGenerator<string> {
  const folders = [folder];
  while (folders.length > 0) {
    const current = folders.pop()!;
    for (const entry of await entriesOf(join(root, current))) {
      const path = current === '' ? entry.name : `${current}/${entry.name}`;
      if (entry.isDirectory() && path !== stateFolder) folders.push(path);
      if (entry.isFile()) yield path.endsWith(besideFolder) ? path.slice(0, -besideFolder.length) : path;
    }
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  });
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
