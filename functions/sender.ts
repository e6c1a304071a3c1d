import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { letBuffersGather } from '../lib/flow/heap-growth.ts';
import { processMemory } from '../lib/flow/process-memory.ts';
import { receiptOfDeadChunk } from '../lib/ledger/dead-letters.ts';
import { createOutcomeStore } from '../lib/outcome-bucket.ts';
import { type ChunkMessage, parseChunkMessage } from '../lib/plan/chunk.ts';
import { formatOfChunk } from '../lib/plan/chunk-format.ts';
import { consume, receiveCountOf } from '../lib/queue/consume.ts';
import { putOff } from '../lib/queue/put-off.ts';
import { sendMessages } from '../lib/queue/send-messages.ts';
import { s3Source } from '../lib/read/s3.ts';
import { undiciHandler } from '../lib/read/undici-handler.ts';
import { createImportClient } from '../lib/send/client.ts';
import { createClients } from '../lib/send/clients.ts';
import { isCredentialsRefused } from '../lib/send/refused.ts';
import { backoffFrom } from '../lib/send/retry.ts';
import { readSecret } from '../lib/send/secret.ts';
import { sendChunk } from '../lib/sender.ts';
import { quotaOf } from '../lib/tune/quota.ts';
import { createAttemptsStore } from '../lib/work-bucket.ts';
import { readEnvironment } from './environment.ts';
import { logger, measureChunk, measureRefusal } from './telemetry.ts';

/** Between the end of a run that was killed and the next one. */
const SPARE_SECONDS = 15;

const environment = readEnvironment(
  'WORK_BUCKET',
  'CHUNKS_QUEUE_URL',
  'RECEIPTS_QUEUE_URL',
  'CREDENTIALS_SECRET',
  'ENDPOINTS_ALLOWED',
  'MAX_RECEIVE_COUNT',
  'BACKOFF_FIRST_MS',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
);
const s3 = new S3Client({ requestHandler: undiciHandler() });
const sqs = new SQSClient({});
const secrets = new SecretsManagerClient({});
const chunks = { sqs, queueUrl: environment.CHUNKS_QUEUE_URL };
const receipts = { sqs, queueUrl: environment.RECEIPTS_QUEUE_URL };

let areCredentialsNew = false;
const clients = createClients({
  endpointsAllowed: environment.ENDPOINTS_ALLOWED,
  fetchSecret: async () => {
    areCredentialsNew = true;
    return readSecret(secrets, environment.CREDENTIALS_SECRET);
  },
  open: ({ recipe }, credentials, pace) =>
    createImportClient({
      destination: recipe.destination,
      credentials,
      limits: { requestsInFlight: recipe.tuning.requestsInFlight },
      quota: quotaOf(recipe.destination),
      workers: recipe.tuning.workers,
      pace,
      ...(environment.BACKOFF_FIRST_MS ? { backoff: backoffFrom(environment.BACKOFF_FIRST_MS) } : {}),
    }),
  now: Date.now,
});

const dependencies = {
  openSource: (object: Parameters<typeof s3Source>[1]) => s3Source(s3, object),
  openClient: clients.get,
  sendReceipt: (receipt: object) => sendMessages(receipts, [JSON.stringify(receipt)]),
  continueChunk: (message: object, delaySeconds: number) =>
    sendMessages({ ...chunks, delaySeconds }, [JSON.stringify(message)]),
  outcomes: createOutcomeStore(s3, environment.WORK_BUCKET),
  attempts: createAttemptsStore(s3, environment.WORK_BUCKET),
  now: Date.now,
  memory: processMemory,
  onBatch: (batch: object) => logger.info('batch', { batch }),
};

/** Decoded pages stay alive for long, so that V8 has to look for what does not. */
const holdsRowGroups = (message: ChunkMessage): boolean => formatOfChunk(message).cut === 'rows';

/** Credentials that were kept may have been replaced since: only those just read tell something of the secret. */
const noteRefusal = (error: unknown): void => {
  if (!isCredentialsRefused(error)) return;
  if (areCredentialsNew) measureRefusal();
  clients.forget();
};

/** Where a sender may well be killed, its message need not wait for six times the longest run. */
const comeBackSoon = ({ receiptHandle }: SQSRecord, remainingMs: number): Promise<unknown> =>
  sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: chunks.queueUrl,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: Math.ceil(remainingMs / 1000) + SPARE_SECONDS,
    }),
  );

export const handler = (event: SQSEvent, context: Context) =>
  consume(event, {
    attemptsMax: environment.MAX_RECEIVE_COUNT,
    giveUp: ({ body }) => dependencies.sendReceipt(receiptOfDeadChunk(body, Date.now())),
    handle: async (record) => {
      areCredentialsNew = false;
      const message = parseChunkMessage(record.body);
      letBuffersGather(holdsRowGroups(message) ? undefined : environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE);
      const delivery = {
        messageId: record.messageId,
        receiveCount: receiveCountOf(record),
        receiveCountMax: environment.MAX_RECEIVE_COUNT,
        remainingMs: () => context.getRemainingTimeInMillis(),
      };
      if (message.trial || delivery.receiveCount > 1) await comeBackSoon(record, delivery.remainingMs());
      const result = await sendChunk(message, delivery, dependencies);
      if (result) {
        const budgetMB = message.recipe.tuning.memory;
        measureChunk({ progress: result.progress, before: message.progress, budgetMB });
        noteRefusal(result.error);
      }
      logger.info('sent', {
        importId: message.importId,
        chunk: message.chunk,
        nextOffset: result?.nextOffset,
      });
    },
    onFailure: async (record, error) => {
      logger.error('not sent', { messageId: record.messageId, error: error as Error });
      noteRefusal(error);
      clients.forget();
      await putOff(chunks, record);
    },
  });
