import { readFileSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent } from 'aws-lambda';
import { receiptsOfDeadNotification } from '../lib/ledger/dead-letters.ts';
import { parseNotification } from '../lib/plan/notification.ts';
import { resumeNotification } from '../lib/plan/replay.ts';
import { consume } from '../lib/queue/consume.ts';
import { putOff } from '../lib/queue/put-off.ts';
import { sendMessages } from '../lib/queue/send-messages.ts';
import { headObject, s3Source } from '../lib/read/s3.ts';
import { parseRecipe } from '../lib/recipe/parse.ts';
import { splitObject } from '../lib/splitter.ts';
import { createStage } from '../lib/work-bucket.ts';
import { readEnvironment } from './environment.ts';
import { logger } from './telemetry.ts';

const environment = readEnvironment(
  'WORK_BUCKET',
  'INTAKE_QUEUE_URL',
  'CHUNKS_QUEUE_URL',
  'RECEIPTS_QUEUE_URL',
  'MAX_RECEIVE_COUNT',
  'DECOMPRESSED_BYTES_MAX',
);
const recipe = parseRecipe(JSON.parse(readFileSync(new URL('./recipe.json', import.meta.url), 'utf8')));
const s3 = new S3Client({});
const sqs = new SQSClient({});
const intake = { sqs, queueUrl: environment.INTAKE_QUEUE_URL };
const chunks = { sqs, queueUrl: environment.CHUNKS_QUEUE_URL };
const receipts = { sqs, queueUrl: environment.RECEIPTS_QUEUE_URL };

export const handler = (event: SQSEvent, context: Context) =>
  consume(event, {
    attemptsMax: environment.MAX_RECEIVE_COUNT,
    giveUp: ({ body }) =>
      sendMessages(
        receipts,
        receiptsOfDeadNotification(body, Date.now()).map((receipt) => JSON.stringify(receipt)),
      ),
    handle: async ({ body }) => {
      for (const created of parseNotification(body)) {
        const source = await splitObject(created, {
          recipe,
          head: (object) => headObject(s3, object),
          openSource: (object) => s3Source(s3, object),
          sendChunks: (messages) =>
            sendMessages(
              chunks,
              messages.map((message) => JSON.stringify(message)),
            ),
          sendReceipt: (receipt) => sendMessages(receipts, [JSON.stringify(receipt)]),
          stage: createStage(s3, environment.WORK_BUCKET),
          continueSplit: (created) => sendMessages(intake, [resumeNotification(created)]),
          remainingMs: () => context.getRemainingTimeInMillis(),
          now: Date.now,
          decompressedBytesMax: environment.DECOMPRESSED_BYTES_MAX,
          onAdapted: (uri, chosen) => logger.info('adapted', { uri, chosen }),
        });
        logger.info('split', { source });
      }
    },
    onFailure: async (record, error) => {
      logger.error('not split', { messageId: record.messageId, error: error as Error });
      await putOff(intake, record);
    },
  });
