import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** Headers kept with an object and sent back with it: `content-type`, `x-amz-meta-…` and the like, lower case. */
export type ObjectHeaders = Readonly<Record<string, string>>;

/** An object opened for reading. Its `file` is open: whoever asked for it closes it. */
export interface OpenObject {
  readonly sizeBytes: number;
  /** Quoted, as in the ETag header. */
  readonly etag: string;
  readonly modifiedAt: Date;
  readonly headers: ObjectHeaders;
  readonly file: FileHandle;
  /** {@link fileVersion} when it was opened. */
  readonly version: string;
}

/** What a bucket must be able to do; folder buckets can be written, too. */
export interface Bucket {
  /** Every key that starts with `prefix`, in no order. */
  keys(prefix: string): Promise<string[]>;
  /** @returns undefined when there is no such object. */
  open(key: string): Promise<OpenObject | undefined>;
  readonly writes?: BucketWrites;
}

export interface BucketWrites {
  /** A new path on the bucket's own file system, to write an upload to. */
  uploadPath(): string;
  /** Turns an upload into the object, unless `check` throws; the check and the change are one step per key. */
  put(key: string, upload: Upload, check: WriteCheck): Promise<void>;
  /** Removes the object if there is one, unless `check` throws; the check and the change are one step per key. */
  delete(key: string, check: WriteCheck): Promise<void>;
}

export interface Upload {
  readonly path: string;
  readonly etag: string;
  readonly headers: ObjectHeaders;
}

/** Sees the ETag of the object there is now (undefined: none) and throws to refuse the change. */
export type WriteCheck = (currentEtag: string | undefined) => void;

/** Names one version of a file's content without reading it: another size, time of change or inode is another version. */
export function fileVersion(stats: BigIntStats): string {
  return `${stats.size}-${stats.mtimeNs}-${stats.ino}`;
}
