import { createHash } from 'node:crypto';

/** One version of one source object. `sequencer` tells drops apart where the bucket keeps no versions. */
export interface ObjectVersion {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
  readonly etag: string;
  readonly sequencer?: string | undefined;
  /** Which time this version is imported again, counted from 1; absent for the drop itself. */
  readonly replay?: number | undefined;
}

const NAME_CHARS_MAX = 40;
const DIGEST_CHARS = 20;

/**
 * The id of an import, the same for every delivery of the same notification: a readable piece of
 * the key, then a digest of bucket, key, version, and which replay of it this is, if it is one.
 */
export const importIdOf = ({ bucket, key, versionId, etag, sequencer, replay }: ObjectVersion): string => {
  const version = versionId ?? `${etag}/${sequencer ?? ''}`;
  const digest = createHash('sha256')
    .update(JSON.stringify([bucket, key, version, ...(replay ? [replay] : [])]))
    .digest('hex');
  return `${readableName(key)}-${digest.slice(0, DIGEST_CHARS)}`;
};

const readableName = (key: string): string => {
  const file = key.slice(key.lastIndexOf('/') + 1);
  const name = file.replaceAll(/[^A-Za-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return name.slice(0, NAME_CHARS_MAX).toLowerCase() || 'import';
};
