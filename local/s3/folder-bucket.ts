import { createHash, randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { Bucket, OpenObject, Upload, WriteCheck } from './bucket.ts';
import { fileVersion } from './bucket.ts';
import { S3Error } from './errors.ts';
import type { FolderLayout } from './folder-layout.ts';
import { createFolderLayout } from './folder-layout.ts';
import type { FolderNotes, Note } from './folder-notes.ts';
import { createFolderNotes } from './folder-notes.ts';
import { keyOfPath, pathOfKey, stateFolder } from './key-path.ts';
import { createLocks } from './locks.ts';
import { openRegularFile } from './open-file.ts';

/** A listing sorts all keys of a prefix in memory, about 200 bytes each. */
const listedKeysMax = 1_000_000;

interface Folder {
  readonly layout: FolderLayout;
  readonly notes: FolderNotes;
}

/**
 * A bucket whose objects are readable files below `folder`, at the path of their key. Everything else about
 * an object is in a note below `folder/.object-store`, so a bucket survives a restart and no content is read
 * to answer for it. One process at a time owns a folder. A file that got there another way is an object
 * too: its MD5 is computed once, when it is first asked for.
 */
export async function openFolderBucket(folder: string): Promise<Bucket> {
  const root = resolve(folder);
  const uploads = join(root, stateFolder, 'uploads');
  const noteFolder = join(root, stateFolder, 'objects');
  await rm(uploads, { recursive: true, force: true });
  await mkdir(uploads, { recursive: true });
  await mkdir(noteFolder, { recursive: true });

  const locks = createLocks();
  const parts = { layout: createFolderLayout(root), notes: createFolderNotes(noteFolder) };
  return {
    keys: (prefix) => keysOf(parts, prefix),
    open: (key) => locks(key, () => openObject(parts, key)),
    writes: {
      uploadPath: () => join(uploads, randomUUID()),
      put: (key, upload, check) => locks(key, () => putObject(parts, key, upload, check)),
      delete: (key, check) => locks(key, () => deleteObject(parts, key, check)),
    },
  };
}

async function keysOf({ layout, notes }: Folder, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  const slash = prefix.lastIndexOf('/');
  for await (const path of layout.walk(slash === -1 ? '' : pathOfKey(prefix.slice(0, slash)))) {
    const key = keyOfPath(path) ?? (await notes.read(path))?.key;
    if (key?.startsWith(prefix)) keys.push(key);
    if (keys.length > listedKeysMax) throw tooManyKeys(prefix);
  }
  return keys;
}

async function openObject({ layout, notes }: Folder, key: string): Promise<OpenObject | undefined> {
  const path = pathOfKey(key);
  const [plain, beside] = layout.places(path);
  const opened = (await openRegularFile(plain)) ?? (await openRegularFile(beside));
  if (opened === undefined) return undefined;
  const { file, stats } = opened;
  const version = fileVersion(stats);
  try {
    const note = await noteOf(notes, { key, path, version, file });
    const { etag, headers } = note;
    return { file, version, etag, headers, sizeBytes: Number(stats.size), modifiedAt: stats.mtime };
  } catch (error) {
    await file.close();
    throw error;
  }
}

interface NotedFile {
  readonly key: string;
  readonly path: string;
  readonly version: string;
  readonly file: FileHandle;
}

async function noteOf(notes: FolderNotes, { key, path, version, file }: NotedFile): Promise<Note> {
  const kept = await notes.read(path);
  if (kept?.version === version) return kept;
  const note: Note = { key, version, etag: `"${await md5Of(file)}"`, headers: {} };
  await notes.write(path, note);
  return note;
}

async function md5Of(file: FileHandle): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of file.createReadStream({ start: 0, autoClose: false })) hash.update(chunk);
  return hash.digest('hex');
}

async function putObject(folder: Folder, key: string, upload: Upload, check: WriteCheck): Promise<void> {
  check(await currentEtag(folder, key));
  const path = pathOfKey(key);
  // Neither inode nor time of change differ after the move, so the note is right from the move on.
  const version = fileVersion(await stat(upload.path, { bigint: true }));
  await folder.notes.write(path, { key, version, etag: upload.etag, headers: upload.headers });
  await folder.layout.put(path, upload.path);
}

async function deleteObject(folder: Folder, key: string, check: WriteCheck): Promise<void> {
  check(await currentEtag(folder, key));
  const path = pathOfKey(key);
  await folder.layout.remove(path);
  await folder.notes.remove(path);
}

async function currentEtag(folder: Folder, key: string): Promise<string | undefined> {
  const object = await openObject(folder, key);
  await object?.file.close();
  return object?.etag;
}

function tooManyKeys(prefix: string): S3Error {
  return new S3Error(
    'InvalidRequest',
    `More than ${listedKeysMax} keys start with "${prefix}"; list with a longer prefix.`,
  );
}
