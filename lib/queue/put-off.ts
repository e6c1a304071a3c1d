import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { visibilityBackoffSeconds } from './backoff.ts';
import { receiveCountOf } from './consume.ts';

/** Lets a message come again after a while that grows with each time it came, not after the whole visibility timeout. */
export const putOff = async (
  { sqs, queueUrl }: { readonly sqs: SQSClient; readonly queueUrl: string },
  record: SQSRecord,
): Promise<void> => {
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: queueUrl,
      ReceiptHandle: record.receiptHandle,
      VisibilityTimeout: visibilityBackoffSeconds(receiveCountOf(record)),
    }),
  );
};
