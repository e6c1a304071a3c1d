import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { type ChunkOutcome, chunkOutcomeSchema, type RejectsStore } from './ledger/rejects-store.ts';

/** Where parts are kept until their chunk is settled, and where they are looked for then. */
const KEPT = 'attempts';
const SETTLED = 'rejects';
const DIGEST_CHARS = 24;

/** The rejects of the Work bucket. */
export const createRejectsStore = (s3: S3Client, bucket: string): RejectsStore => {
  const put = (key: string, body: string | Uint8Array, onlyNew = false) =>
    s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: typeof body === 'string' ? 'application/json' : 'application/gzip',
        ...(onlyNew ? { IfNoneMatch: '*' } : {}),
      }),
    );

  const get = async (key: string): Promise<Buffer> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };

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

  return {
    uri: (importId) => `s3://${bucket}/${SETTLED}/${importId}/`,
    keep: async (prefix, body) => {
      const name = createHash('sha256').update(body).digest('hex').slice(0, DIGEST_CHARS);
      await put(`${KEPT}/${prefix}${name}.ndjson.gz`, body);
      return name;
    },
    settle: async (prefix, outcome) => {
      const settled = await settleOnce(`${KEPT}/${prefix}done.json`, outcome);
      for (const [i, name] of settled.parts.entries()) {
        const body = await get(`${KEPT}/${prefix}${name}.ndjson.gz`);
        await put(`${SETTLED}/${prefix}${i}.ndjson.gz`, body);
      }
      return settled;
    },
  };
};

const isThere = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412;
