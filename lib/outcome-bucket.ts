import { createHash } from 'node:crypto';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { type ChunkOutcome, chunkOutcomeSchema, type OutcomeStore } from './ledger/outcome-store.ts';

/** Where parts are kept until their chunk is settled, and where they are looked for then. */
const KEPT = 'attempts';
const REJECTS = 'rejects';
const RESPONSES = 'responses';
/** Beside those of settled chunks. */
const GIVEN_UP = 'given-up-';
const DIGEST_CHARS = 24;

/** Rejects and answers of the API in the Work bucket. */
export const createOutcomeStore = (s3: S3Client, bucket: string): OutcomeStore => {
  const { put, get, clear } = openObjects(s3, bucket);

  /** @returns what was written first */
  const settleOnce = async (key: string, outcome: ChunkOutcome): Promise<ChunkOutcome> => {
    try {
      await put(key, JSON.stringify(outcome), true);
      return outcome;
    } catch (error) {
      if (!isThere(error)) throw error;
      return chunkOutcomeSchema.parse(JSON.parse((await get(key)).toString()));
    }
  };

  const show = async (prefix: string, names: readonly string[], shownPrefix: string): Promise<void> => {
    for (const [i, name] of names.entries())
      await put(`${shownPrefix}${i}.ndjson.gz`, await get(partKey(prefix, name)));
  };

  return {
    rejectsUri: (importId) => `s3://${bucket}/${REJECTS}/${importId}/`,
    responsesUri: (importId) => `s3://${bucket}/${RESPONSES}/${importId}/`,
    keep: async (prefix, body) => {
      const name = createHash('sha256').update(body).digest('hex').slice(0, DIGEST_CHARS);
      await put(partKey(prefix, name), body);
      return name;
    },
    settle: async (prefix, outcome) => {
      const settled = await settleOnce(settledKey(prefix), outcome);
      await show(prefix, settled.parts, `${REJECTS}/${prefix}`);
      await show(prefix, settled.responseParts, `${RESPONSES}/${prefix}`);
      if (settled.responseParts.length > 0) await clear(givenUpPrefix(prefix));
      return settled;
    },
    giveUp: async (prefix, responseParts) => {
      await clear(givenUpPrefix(prefix));
      await show(prefix, responseParts, givenUpPrefix(prefix));
      // Another run may have settled it meanwhile, and cleared too early.
      if (await isFound(get(settledKey(prefix)))) await clear(givenUpPrefix(prefix));
    },
  };
};

const openObjects = (s3: S3Client, bucket: string) => ({
  put: (key: string, body: string | Uint8Array, onlyNew = false) =>
    s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: typeof body === 'string' ? 'application/json' : 'application/gzip',
        ...(onlyNew ? { IfNoneMatch: '*' } : {}),
      }),
    ),

  get: async (key: string): Promise<Buffer> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  },

  /** Deletes up to a thousand objects, as many as S3 lists at once: a run has far fewer parts. */
  clear: async (prefix: string): Promise<void> => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
    if (Contents.length === 0) return;
    const objects = Contents.map(({ Key }) => ({ Key: Key! }));
    await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } }));
  },
});

const isFound = (found: Promise<unknown>): Promise<boolean> =>
  found.then(
    () => true,
    (error: unknown) => {
      if (error instanceof NoSuchKey) return false;
      throw error;
    },
  );

const givenUpPrefix = (prefix: string): string => `${RESPONSES}/${prefix}${GIVEN_UP}`;

const settledKey = (prefix: string): string => `${KEPT}/${prefix}done.json`;

const partKey = (prefix: string, name: string): string => `${KEPT}/${prefix}${name}.ndjson.gz`;

const isThere = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412;
