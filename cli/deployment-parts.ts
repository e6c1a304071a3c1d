import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';

export const QUEUE_NAMES = ['intake', 'chunks', 'receipts'] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

export interface QueueUrls {
  readonly url: string;
  readonly deadLetterUrl: string;
}

/** What a deployed importer is made of, as far as the command line needs it. */
export interface Deployment {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  /** Absent where only the Work bucket is known. */
  readonly parts?: {
    readonly inboxBucket: string;
    readonly queues: Readonly<Record<QueueName, QueueUrls>>;
  };
}
