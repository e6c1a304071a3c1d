import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { ObjectHeaders } from './bucket.ts';

/** What a file system does not keep about an object. */
export interface Note {
  readonly key: string;
  /** The version of the file it describes; for any other version it says nothing. */
  readonly version: string;
  readonly etag: string;
  readonly headers: ObjectHeaders;
}

/** Notes by the object's relative path, one small JSON file each; one path is written by one caller at a time. */
export interface FolderNotes {
  /** @returns undefined when there is none, or none that can be read. */
  read(path: string): Promise<Note | undefined>;
  write(path: string, note: Note): Promise<void>;
  remove(path: string): Promise<void>;
}

export function createFolderNotes(folder: string): FolderNotes {
  const fileOf = (path: string) => join(folder, `${createHash('sha256').update(path).digest('hex')}.json`);
  return {
    read: (path) => readNote(fileOf(path)),
    write: async (path, note) => {
      const temporary = `${fileOf(path)}.tmp`;
      await writeFile(temporary, JSON.stringify(note));
      await rename(temporary, fileOf(path));
    },
    remove: (path) => rm(fileOf(path), { force: true }),
  };
}

async function readNote(file: string): Promise<Note | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isNote(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isNote(value: unknown): value is Note {
  if (typeof value !== 'object' || value === null) return false;
  const { key, version, etag, headers } = value as Partial<Record<keyof Note, unknown>>;
  const texts = [key, version, etag].every((text) => typeof text === 'string');
  return texts && typeof headers === 'object' && headers !== null;
}
