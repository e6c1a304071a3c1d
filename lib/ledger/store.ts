import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { FanoutError } from '../errors.ts';
import { foldReceipts } from './fold.ts';
import type { Receipt } from './receipt.ts';
import type { Report } from './report.ts';

/** Attempts to write a report that others are writing too. */
const ATTEMPTS_MAX = 12;
const BACKOFF_MS_MAX = 2_000;

/** Reports of the Work bucket; a report changes only by compare-and-swap. */
export interface ReportStore {
  read(importId: string): Promise<Report | undefined>;
  /** @throws {LedgerError} when the report keeps changing under it */
  fold(importId: string, receipts: readonly Receipt[]): Promise<Report>;
}

export class LedgerError extends FanoutError {
  override readonly name = 'LedgerError';
  readonly code = 'REPORT_CONTENDED';
  readonly retryable = true;
}

export const reportKey = (importId: string): string => `reports/${importId}.json`;

export const createReportStore = (
  s3: S3Client,
  bucket: string,
  random: () => number = Math.random,
): ReportStore => {
  const load = async (importId: string): Promise<{ report?: Report; etag?: string | undefined }> => {
    try {
      const { Body, ETag } = await s3.send(
        new GetObjectCommand({ Bucket: bucket, Key: reportKey(importId) }),
      );
      return { report: JSON.parse(await Body!.transformToString()) as Report, etag: ETag };
    } catch (error) {
      if (error instanceof NoSuchKey) return {};
      throw error;
    }
  };

  const write = (report: Report, etag: string | undefined) =>
    s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: reportKey(report.importId),
        Body: JSON.stringify(report, null, 2),
        ContentType: 'application/json',
        ...(etag ? { IfMatch: etag } : { IfNoneMatch: '*' }),
      }),
    );

  return {
    read: async (importId) => (await load(importId)).report,
    fold: async (importId, receipts) => {
      for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
        const { report, etag } = await load(importId);
        const folded = foldReceipts(report, receipts);
        try {
          await write(folded, etag);
          return folded;
        } catch (error) {
          if (!isLostRace(error)) throw error;
          await sleep(random() * Math.min(BACKOFF_MS_MAX, 25 * 2 ** attempt));
        }
      }
      throw new LedgerError(
        `The report of ${importId} changed ${ATTEMPTS_MAX} times while it was being written.`,
      );
    },
  };
};

/** 412: written meanwhile. 409: being written at this moment. 404: deleted meanwhile. */
const isLostRace = (error: unknown): boolean =>
  error instanceof S3ServiceException && [404, 409, 412].includes(error.$metadata.httpStatusCode ?? 0);
