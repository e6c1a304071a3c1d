import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { readSenderWindow } from '../lib/govern/metrics.ts';
import { readQueueDepth } from '../lib/govern/queue-depth.ts';
import { listRunningImports } from '../lib/govern/running-imports.ts';
import { lambdaMapping } from '../lib/govern/sender-mapping.ts';
import { createStateStore } from '../lib/govern/state-store.ts';
import { type GovernorDependencies, type GovernorRun, runGovernor } from '../lib/governor.ts';
import { createReportStore } from '../lib/ledger/store.ts';
import { sendMessages } from '../lib/queue/send-messages.ts';
import { readSecretChange } from '../lib/send/secret.ts';
import { readEnvironment } from './environment.ts';
import { logger, metrics } from './telemetry.ts';

const environment = readEnvironment(
  'WORK_BUCKET',
  'CHUNKS_QUEUE_URL',
  'RECEIPTS_QUEUE_URL',
  'CREDENTIALS_SECRET',
  'SENDER_MAPPING_ID',
  'GOVERNOR_SETTINGS',
);
const { WORK_BUCKET: bucket } = environment;
const s3 = new S3Client({});
const sqs = new SQSClient({});
const cloudWatch = new CloudWatchClient({});
const secrets = new SecretsManagerClient({});
const reports = createReportStore(s3, bucket);

const dependencies: GovernorDependencies = {
  settings: environment.GOVERNOR_SETTINGS,
  mapping: lambdaMapping(new LambdaClient({}), environment.SENDER_MAPPING_ID),
  states: createStateStore(s3, bucket),
  readDepth: () => readQueueDepth(sqs, environment.CHUNKS_QUEUE_URL),
  readWindow: (nowMs) => readSenderWindow(cloudWatch, nowMs),
  readCredentialsChange: () => readSecretChange(secrets, environment.CREDENTIALS_SECRET),
  listRunning: (nowMs) => listRunningImports({ s3, bucket, reports }, nowMs),
  sendReceipts: (receipts) =>
    sendMessages(
      { sqs, queueUrl: environment.RECEIPTS_QUEUE_URL },
      receipts.map((receipt) => JSON.stringify(receipt)),
    ),
  now: Date.now,
};

export const handler = async (): Promise<void> => {
  const run = await runGovernor(dependencies);
  logger.info('governed', { ...run });
  measure(run);
};

/** Nothing while nothing happens: a metric is paid for by the hours in which it has values. */
const measure = ({ seen, decision, isPaused }: GovernorRun): void => {
  const isIdle = seen.chunksWaiting + seen.chunksInWork === 0 && decision.kind === 'hold' && !isPaused;
  if (isIdle) return;
  metrics.addMetric('GovernorWorkers', MetricUnit.Count, isPaused ? 0 : decision.workers);
  metrics.addMetric('GovernorChanges', MetricUnit.Count, decision.kind === 'hold' ? 0 : 1);
  metrics.addMetric('GovernorPaused', MetricUnit.Count, isPaused ? 1 : 0);
  metrics.publishStoredMetrics();
};
