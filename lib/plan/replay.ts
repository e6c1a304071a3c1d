import type { DetectOptions } from './detect.ts';
import { importIdOf, type ObjectVersion } from './import-id.ts';
import type { CreatedObject } from './notification.ts';

/** Below a folder or bucket of its own: the rejected records of an import, as a file to import. */
export const rejectsFileKey = (importId: string, number: number): string =>
  `replays/${importId}/rejects-${number}-of-${importId}.jsonl`;

const REJECTS_FILE = /(?:^|\/)replays\/([^/]+)\/rejects-\d+-of-\1\.jsonl$/;

/**
 * What a recipe says of a file, but of a file of rejected records: these are JSON lines, whatever the recipe says of
 * the files that they come from.
 */
export const ofReplayed = <Recipe extends DetectOptions['recipe']>(key: string, recipe: Recipe): Recipe =>
  REJECTS_FILE.test(key)
    ? { ...recipe, format: 'jsonl', compression: 'none', recordsPath: undefined }
    : recipe;

/** Times that one version of an object can be imported again. */
export const REPLAYS_MAX = 100;

export interface VersionToReplay extends ObjectVersion {
  readonly versionId: string;
  readonly sizeBytes: number;
}

/** Which of the versions of an object an import has read, by its id; be it itself a replay or not. */
export const versionOfImport = <Version extends ObjectVersion>(
  importId: string,
  versions: readonly Version[],
): Version | undefined =>
  versions.find((version) => {
    for (let replay = 0; replay <= REPLAYS_MAX; replay++)
      if (importIdOf({ ...version, replay }) === importId) return true;
    return false;
  });

/**
 * A notification that has one version of an object imported again, as an import of its own. Bucket, key, version
 * and ETag stay as they were, and with them the ids of all its events, those made of their position too. A copy of
 * the object would have another ETag (of an upload in parts, or under a key of KMS), and under another name another
 * URI.
 *
 * @param replay which time, from 1; the same number is the same import
 */
export const replayNotification = (version: VersionToReplay, replay: number): string => {
  const { bucket, key, versionId, etag, sizeBytes } = version;
  const object = { key: encodeKey(key), size: sizeBytes, versionId, eTag: etag };
  const s3 = { bucket: { name: bucket }, object };
  return JSON.stringify({ Records: [{ eventName: 'ObjectCreated:Replay', replay, s3 }] });
};

/** A notification that has the splitter go on with a source where a run of it had to stop. */
export const resumeNotification = ({
  bucket,
  key,
  versionId,
  etag,
  sequencer,
  replay,
  resume,
}: CreatedObject): string => {
  // A size, since nothing else tells an object of no bytes whose name ends with a slash.
  const object = { key: encodeKey(key), size: 1, versionId, eTag: etag, sequencer };
  const s3 = { bucket: { name: bucket }, object };
  return JSON.stringify({ Records: [{ eventName: 'ObjectCreated:Resume', replay, resume, s3 }] });
};

/** As S3 does it. */
const encodeKey = (key: string): string =>
  encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
