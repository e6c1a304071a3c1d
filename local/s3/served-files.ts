import { createHash } from 'node:crypto';

import type { Bucket, OpenObject } from './bucket.ts';
import { fileVersion } from './bucket.ts';
import { openRegularFile } from './open-file.ts';

/** A read-only bucket of local files, served where they are. */
export interface ServedFilesBucket extends Bucket {
  /** Serves the file at `path` as `key` from now on; a file that is not there reads as no object. */
  serve(key: string, path: string): void;
}

/**
 * The ETag of a served file comes from its size, time of change and inode: the content is never read for it.
 * It looks like a multipart upload's (`"…-1"`), so nobody takes it for an MD5.
 */
export function createServedFilesBucket(): ServedFilesBucket {
  const paths = new Map<string, string>();
  return {
    serve: (key, path) => void paths.set(key, path),
    keys: async (prefix) => [...paths.keys()].filter((key) => key.startsWith(prefix)),
    open: async (key) => {
      const path = paths.get(key);
      return path === undefined ? undefined : openServed(path);
    },
  };
}

async function openServed(path: string): Promise<OpenObject | undefined> {
  const opened = await openRegularFile(path);
  if (opened === undefined) return undefined;
  const { file, stats } = opened;
  const version = fileVersion(stats);
  return {
    file,
    version,
    sizeBytes: Number(stats.size),
    etag: `"${createHash('sha256').update(version).digest('hex').slice(0, 32)}-1"`,
    modifiedAt: stats.mtime,
    headers: {},
  };
}
