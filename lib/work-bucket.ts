import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { SourceObject } from './plan/chunk.ts';
import type { AttemptsStore } from './sender.ts';
import { attemptsSchema } from './trial.ts';

/** Stores staged chunks: the same name always gets the same bytes. */
export const createStage =
  (s3: S3Client, bucket: string) =>
  async (name: string, bytes: Buffer): Promise<SourceObject> => {
    const key = `staged/${name}`;
    const { ETag, VersionId } = await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }),
    );
    return {
      bucket,
      key,
      etag: (ETag ?? '').replaceAll('"', ''),
      versionId: VersionId,
      sizeBytes: bytes.length,
    };
  };

/** Small, and read only when a message comes again. */
export const createAttemptsStore = (s3: S3Client, bucket: string): AttemptsStore => {
  const keyOf = (name: string): string => `attempts/${name}`;
  return {
    read: async (name) => {
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(name) }));
        return attemptsSchema.parse(JSON.parse((await Body?.transformToString()) ?? ''));
      } catch (error) {
        if (error instanceof NoSuchKey) return { started: 0, ended: 0 };
        throw error;
      }
    },
    write: (name, attempts) =>
      s3.send(new PutObjectCommand({ Bucket: bucket, Key: keyOf(name), Body: JSON.stringify(attempts) })),
  };
};
