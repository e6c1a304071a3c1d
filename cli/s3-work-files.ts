import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { WorkFiles } from './work-files.ts';

/** The Work bucket of a deployed importer. */
export const s3WorkFiles = (client: S3Client, bucket: string): WorkFiles => ({
  async *list(prefix) {
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client },
      { Bucket: bucket, Prefix: prefix },
    )) {
      for (const { Key = '', LastModified } of Contents)
        yield { key: Key, changedAtMs: LastModified?.getTime() ?? 0 };
    }
  },
  read: async (key) => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Buffer.from(await Body!.transformToByteArray());
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  },
});
