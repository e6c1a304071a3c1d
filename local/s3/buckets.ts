import { resolve } from 'node:path';

import type { Bucket } from './bucket.ts';
import { S3Error } from './errors.ts';
import { openFolderBucket } from './folder-bucket.ts';
import { keyBytesMax } from './request.ts';
import type { ServedFilesBucket } from './served-files.ts';
import { createServedFilesBucket } from './served-files.ts';
import { ObjectStoreError } from './store-error.ts';

/** A bucket that keeps its objects as files in a folder. */
export interface BucketFolder {
  readonly bucket: string;
  readonly folder: string;
}

/** A local file that is served, read-only and in place, as an object. */
export interface ServedFile {
  readonly bucket: string;
  readonly key: string;
  readonly path: string;
}

export interface Buckets {
  /** @throws {S3Error} `NoSuchBucket` */
  find(name: string): Bucket;
  /** @throws {ObjectStoreError} when the name is taken or not a bucket's name, or the folder cannot be used */
  addFolder(added: BucketFolder): Promise<void>;
  /** @throws {ObjectStoreError} when the bucket is a folder's, or the bucket's name or the key is not valid */
  serveFile(file: ServedFile): void;
}

export function createBuckets(): Buckets {
  const folders = new Map<string, Bucket>();
  const served = new Map<string, ServedFilesBucket>();
  const roots = new Set<string>();
  return {
    find: (name) => {
      const bucket = folders.get(name) ?? served.get(name);
      if (bucket === undefined) throw new S3Error('NoSuchBucket', `There is no bucket ${name}.`);
      return bucket;
    },
    addFolder: async ({ bucket, folder }) => {
      checkName(bucket);
      if (folders.has(bucket) || served.has(bucket)) throw taken(bucket);
      if (roots.has(resolve(folder))) throw sharedFolder(bucket, folder);
      roots.add(resolve(folder));
      folders.set(bucket, await openFolder(bucket, folder));
    },
    serveFile: ({ bucket, key, path }) => {
      checkName(bucket);
      checkKey(key);
      if (folders.has(bucket)) throw taken(bucket);
      const target = served.get(bucket) ?? createServedFilesBucket();
      served.set(bucket, target);
      target.serve(key, resolve(path));
    },
  };
}

async function openFolder(bucket: string, folder: string): Promise<Bucket> {
  try {
    return await openFolderBucket(folder);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ObjectStoreError(
      `Bucket ${bucket} cannot use the folder ${folder}: ${reason}. Name a folder that can be written.`,
      { cause },
    );
  }
}

function checkName(bucket: string): void {
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) return;
  throw new ObjectStoreError(
    `"${bucket}" is not a bucket's name; use 3 to 63 lower-case letters, digits, dots and hyphens.`,
  );
}

function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes > 0 && bytes <= keyBytesMax) return;
  throw new ObjectStoreError(
    `A key has 1 to ${keyBytesMax} bytes, and this one ${bytes}; shorten it: "${key}".`,
  );
}

function taken(bucket: string): ObjectStoreError {
  return new ObjectStoreError(
    `Bucket ${bucket} is there already, as another kind or folder; use another name.`,
  );
}

function sharedFolder(bucket: string, folder: string): ObjectStoreError {
  return new ObjectStoreError(
    `Bucket ${bucket} cannot use the folder ${folder}: another bucket does. Give each bucket a folder of its own.`,
  );
}
