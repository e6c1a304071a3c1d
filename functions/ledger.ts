import { S3Client } from '@aws-sdk/client-s3';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { foldMessages } from '../lib/ledger/fold-messages.ts';
import { createReportStore } from '../lib/ledger/store.ts';
import { readEnvironment } from './environment.ts';
import { logger } from './telemetry.ts';

const { WORK_BUCKET } = readEnvironment('WORK_BUCKET');
const store = createReportStore(new S3Client({}), WORK_BUCKET);

export const handler = async (event: SQSEvent): Promise<SQSBatchResponse> => {
  const { failures } = await foldMessages(event.Records, store);
  for (const { messageId, error } of failures)
    logger.error('not folded', { messageId, error: error as Error });
  return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};
