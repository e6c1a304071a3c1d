import { Agent } from 'node:https';
import { ListBucketsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ListQueuesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { emptyBucket } from './buckets.ts';
import type { Checks } from './checks.ts';
import type { Outputs } from './cloud.ts';
import type { Ministack } from './ministack.ts';
import { waitFor } from './wait-for.ts';

/** A report is complete a moment before the last receipt leaves its queue. */
const SETTLE_TIMEOUT_MS = 30_000;

/** Grants mean something only where the emulator refuses who has none. */
export const checkRefusal = async (
  checks: Checks,
  { endpoint, certificate }: Ministack,
  { InboxBucketName: Bucket }: Outputs,
): Promise<void> => {
  const stranger = new S3Client({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIASTRANGER00000000', secretAccessKey: 'stranger' },
    requestHandler: { httpsAgent: new Agent({ ca: certificate }) },
  });
  const answer = await stranger.send(new ListObjectsV2Command({ Bucket })).then(
    () => 'allowed',
    (error: Error) => error.name,
  );
  stranger.destroy();
  checks.check('the account refuses unknown credentials', answer !== 'allowed', answer);
};

/** After the imports nothing may be left in any queue, dead-letter queues included. */
export const checkQueues = async (checks: Checks, sqs: SQSClient): Promise<void> => {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  checks.check('three queues, each with a dead-letter queue', QueueUrls.length === 6, QueueUrls);
  const emptied = waitFor({
    what: 'end of the messages',
    poll: async () => ((await messagesLeft(sqs, QueueUrls)) === 0 ? true : undefined),
    everyMs: 500,
    timeoutMs: SETTLE_TIMEOUT_MS,
  });
  const empty = await emptied.catch(() => false);
  checks.check('every queue is empty in the end', empty, await messagesLeft(sqs, QueueUrls));
};

const messagesLeft = async (sqs: SQSClient, queueUrls: readonly string[]): Promise<number> => {
  const counts = await Promise.all(queueUrls.map((url) => messagesIn(sqs, url)));
  return counts.reduce((sum, count) => sum + count, 0);
};

const messagesIn = async (sqs: SQSClient, QueueUrl: string): Promise<number> => {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
};

export interface Removal {
  readonly s3: S3Client;
  readonly outputs: Outputs;
  readonly destroy: () => Promise<void>;
}

export const checkRemoval = async (checks: Checks, { s3, outputs, destroy }: Removal): Promise<void> => {
  const ours = [outputs.InboxBucketName, outputs.WorkBucketName];
  for (const bucket of ours) await emptyBucket(s3, bucket);
  await destroy();
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const left = Buckets.map(({ Name }) => Name!).filter((name) => ours.includes(name));
  checks.check('destroying the stack leaves no bucket behind', left.length === 0, left);
};
