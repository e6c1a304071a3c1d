import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { LAST_DELIVERIES } from '../../lib/queue/consume.ts';
import { type Queues, startQueues } from '../queues.ts';
import { type ObjectStore, startObjectStore } from '../s3/server.ts';
import { startSecretsEndpoint } from '../secrets.ts';
import { WORK_BUCKET } from './bucket-names.ts';

export { WORK_BUCKET };

const REGION = 'us-east-1';
const SECRET_NAME = 'mixpanel-fanout/credentials';

export type QueueName = 'intake' | 'chunks' | 'receipts';

export interface ServicesOptions {
  /** The Work bucket is kept here, under `work/`. */
  readonly folder: string;
  readonly credentialsJson: string;
  readonly visibilityTimeoutSeconds: number;
  /** Attempts at a message before it is given up. */
  readonly maxReceiveCount: number;
}

/** What AWS is to the functions: S3, SQS and Secrets Manager on loopback. */
export interface Services {
  readonly store: ObjectStore;
  readonly queues: Queues<QueueName>['queues'];
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  /** Variables that lead a function to these services. */
  readonly environment: Readonly<Record<string, string>>;
  /** Puts another value into the secret. */
  replaceCredentials(credentialsJson: string): void;
  /** When that was last done, if it was. */
  credentialsChangedAtMs(): number | undefined;
  close(): Promise<void>;
}

export const startServices = async (options: ServicesOptions): Promise<Services> => {
  const { visibilityTimeoutSeconds, maxReceiveCount } = options;
  const folder = join(options.folder, WORK_BUCKET);
  await mkdir(folder, { recursive: true });
  const store = await startObjectStore({ folders: [{ bucket: WORK_BUCKET, folder }] });
  const secretValues = new Map([[SECRET_NAME, options.credentialsJson]]);
  let credentialsChangedAtMs: number | undefined;
  const secrets = await startSecretsEndpoint(secretValues);
  const settings = { visibilityTimeoutSeconds, maxReceiveCount: maxReceiveCount + LAST_DELIVERIES };
  const sqsServer = await startQueues<QueueName>({
    queues: { intake: settings, chunks: settings, receipts: settings },
  });
  const client = { region: REGION, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const s3 = new S3Client({ ...client, endpoint: store.url });
  const sqs = new SQSClient({ ...client, endpoint: sqsServer.endpoint });
  const { queues } = sqsServer;
  return {
    store,
    queues,
    s3,
    sqs,
    environment: {
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL_S3: store.url,
      AWS_ENDPOINT_URL_SQS: sqsServer.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      WORK_BUCKET,
      INTAKE_QUEUE_URL: queues.intake.url,
      CHUNKS_QUEUE_URL: queues.chunks.url,
      RECEIPTS_QUEUE_URL: queues.receipts.url,
      CREDENTIALS_SECRET: SECRET_NAME,
      MAX_RECEIVE_COUNT: String(maxReceiveCount),
    },
    replaceCredentials: (credentialsJson) => {
      secretValues.set(SECRET_NAME, credentialsJson);
      credentialsChangedAtMs = Date.now();
    },
    credentialsChangedAtMs: () => credentialsChangedAtMs,
    close: async () => {
      s3.destroy();
      sqs.destroy();
      await Promise.all([store.close(), secrets.close(), sqsServer.close()]);
    },
  };
};
