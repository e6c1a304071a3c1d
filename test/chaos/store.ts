import { createHash } from 'node:crypto';

/** One version of an object. */
export interface StoredObject {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly versionId: string | undefined;
}

/** Buckets as S3 keeps them; with versions where it is told to. */
export interface ObjectStore {
  put(bucket: string, key: string, bytes: Buffer): StoredObject;
  get(bucket: string, key: string, versionId?: string): StoredObject | undefined;
  remove(bucket: string, key: string): void;
  /** In the order of their names. */
  keys(bucket: string, prefix: string): string[];
}

export const createObjectStore = (versioned: readonly string[]): ObjectStore => {
  const current = new Map<string, StoredObject>();
  const versions = new Map<string, StoredObject>();
  let puts = 0;
  const place = (bucket: string, key: string): string => `${bucket}/${key}`;
  return {
    put: (bucket, key, bytes) => {
      puts += 1;
      const versionId = versioned.includes(bucket) ? `v${puts}` : undefined;
      const object = { bytes, etag: createHash('md5').update(bytes).digest('hex'), versionId };
      current.set(place(bucket, key), object);
      if (versionId) versions.set(`${place(bucket, key)} ${versionId}`, object);
      return object;
    },
    get: (bucket, key, versionId) =>
      versionId ? versions.get(`${place(bucket, key)} ${versionId}`) : current.get(place(bucket, key)),
    remove: (bucket, key) => void current.delete(place(bucket, key)),
    keys: (bucket, prefix) =>
      [...current.keys()]
        .filter((name) => name.startsWith(place(bucket, prefix)))
        .map((name) => name.slice(bucket.length + 1))
        .sort(),
  };
};
