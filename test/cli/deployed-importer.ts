import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { QueueName } from '../../cli/deployment-parts.ts';
import { foldReceipts } from '../../lib/ledger/fold.ts';
import type { Receipt } from '../../lib/ledger/receipt.ts';
import type { Report } from '../../lib/ledger/report.ts';
import { reportKey } from '../../lib/ledger/store.ts';
import { type Queue, startQueues } from '../../local/queues.ts';
import { startObjectStore } from '../../local/s3/server.ts';
import { createScratchFolder } from './scratch-folder.ts';
import { outputsOf, STACK, startStacks } from './stacks.ts';

export { STACK };

const REGION = 'eu-central-1';
const KEYS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** What a deploy leaves behind, for a command line that finds it through its stack: real protocols, no functions. */
export interface DeployedImporter {
  readonly queues: Readonly<Record<QueueName, Queue>>;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  /** Leads AWS clients here. */
  readonly environment: Readonly<Record<string, string>>;
  putReport(report: Report): Promise<void>;
  send(queueUrl: string, ...bodies: string[]): Promise<void>;
  /** Messages that are visible. */
  depth(queueUrl: string): Promise<number>;
  close(): Promise<void>;
}

export const startDeployedImporter = async (): Promise<DeployedImporter> => {
  const folder = await createScratchFolder();
  const buckets = ['work', 'inbox'].map((bucket) => ({ bucket, folder: join(folder.path, bucket) }));
  const store = await startObjectStore({ folders: buckets });
  const server = await startQueues<QueueName>({
    region: REGION,
    queues: { intake: {}, chunks: {}, receipts: {} },
  });
  const { queues } = server;
  const stacks = await startStacks(outputsOf(queues));
  const client = { region: REGION, credentials: KEYS };
  const s3 = new S3Client({ ...client, endpoint: store.url });
  const sqs = new SQSClient({ ...client, endpoint: server.endpoint });
  return {
    queues,
    s3,
    sqs,
    environment: {
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      AWS_ENDPOINT_URL_S3: store.url,
      AWS_ENDPOINT_URL_SQS: server.endpoint,
      AWS_ENDPOINT_URL_CLOUDFORMATION: stacks.url,
    },
    putReport: async (report) => {
      const Body = JSON.stringify(report);
      await s3.send(new PutObjectCommand({ Bucket: 'work', Key: reportKey(report.importId), Body }));
    },
    send: async (QueueUrl, ...bodies) => {
      for (const MessageBody of bodies) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    },
    depth: async (QueueUrl) => {
      const AttributeNames = ['ApproximateNumberOfMessages' as const];
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
      return Number(Attributes?.ApproximateNumberOfMessages);
    },
    close: async () => {
      s3.destroy();
      sqs.destroy();
      await Promise.all([store.close(), server.close(), stacks.close()]);
      await folder.remove();
    },
  };
};

/** The report of an import that these receipts, of whatever import, tell of. */
export const reportOf = (importId: string, ...receipts: readonly Receipt[]): Report =>
  foldReceipts(
    undefined,
    receipts.map((receipt) => ({ ...receipt, importId })),
  );
