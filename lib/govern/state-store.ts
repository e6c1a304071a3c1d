import {
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { governorStateSchema, startGovernor } from '../tune/governor-state.ts';
import type { StateStore } from './ports.ts';

export const STATE_KEY = 'governor/state.json';

/** What the governor remembers, in the Work bucket; it changes only by compare-and-swap. */
export const createStateStore = (s3: S3Client, bucket: string): StateStore => ({
  load: async () => {
    try {
      const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: STATE_KEY }));
      return { state: governorStateSchema.parse(JSON.parse(await Body!.transformToString())), version: ETag };
    } catch (error) {
      if (error instanceof NoSuchKey) return { state: startGovernor(), version: undefined };
      throw error;
    }
  },
  save: async (state, version) => {
    try {
      await s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: STATE_KEY,
          Body: JSON.stringify(state, null, 2),
          ContentType: 'application/json',
          ...(version === undefined ? { IfNoneMatch: '*' } : { IfMatch: version }),
        }),
      );
      return true;
    } catch (error) {
      if (isLostRace(error)) return false;
      throw error;
    }
  },
});

/** 412: written meanwhile. 409: being written at this moment. 404: deleted meanwhile. */
const isLostRace = (error: unknown): boolean =>
  error instanceof S3ServiceException && [404, 409, 412].includes(error.$metadata.httpStatusCode ?? 0);
