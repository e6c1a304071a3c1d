import type { S3Client } from '@aws-sdk/client-s3';
import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { receiptOfDeadChunk, receiptsOfDeadNotification } from '../../lib/ledger/dead-letters.ts';
import { foldMessages } from '../../lib/ledger/fold-messages.ts';
import type { Receipt } from '../../lib/ledger/receipt.ts';
import { createReportStore } from '../../lib/ledger/store.ts';
import { createOutcomeStore } from '../../lib/outcome-bucket.ts';
import { parseChunkMessage } from '../../lib/plan/chunk.ts';
import { parseNotification } from '../../lib/plan/notification.ts';
import { resumeNotification } from '../../lib/plan/replay.ts';
import { consume, receiveCountOf } from '../../lib/queue/consume.ts';
import { putOff } from '../../lib/queue/put-off.ts';
import { sendMessages } from '../../lib/queue/send-messages.ts';
import { headObject, s3Source } from '../../lib/read/s3.ts';
import type { Recipe } from '../../lib/recipe/schema.ts';
import { createImportClient } from '../../lib/send/client.ts';
import { createClients } from '../../lib/send/clients.ts';
import { sendChunk } from '../../lib/sender.ts';
import { splitObject } from '../../lib/splitter.ts';
import { createAttemptsStore, createStage } from '../../lib/work-bucket.ts';
import type { Life } from './life.ts';
import type { SimulatedProject } from './project.ts';
import type { World } from './world.ts';

/** What an invocation may use. */
export interface Invocation {
  readonly life: Life;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
}

/** An execution environment: handles one invocation after another until one of them is killed. */
export type Environment = (event: SQSEvent, invocation: Invocation) => Promise<SQSBatchResponse>;

export const ATTEMPTS_MAX = 5;
const INTAKE = 'https://sqs.test/intake';
const SPARE_SECONDS = 15;
const CHUNKS = 'https://sqs.test/chunks';
const RECEIPTS = 'https://sqs.test/receipts';

const teller =
  (sqs: SQSClient) =>
  (receipts: readonly Receipt[]): Promise<number> =>
    sendMessages(
      { sqs, queueUrl: RECEIPTS },
      receipts.map((receipt) => JSON.stringify(receipt)),
    );

/** As functions/splitter.ts wires it. */
export const splitterEnvironment =
  (world: World, recipe: Recipe): Environment =>
  (event, { life, s3, sqs }) => {
    const tell = teller(sqs);
    return consume(event, {
      handle: async ({ body }) => {
        for (const created of parseNotification(body)) {
          await splitObject(created, {
            recipe,
            head: (object) => headObject(s3, object),
            openSource: (object) => s3Source(s3, object),
            sendChunks: (messages) =>
              sendMessages(
                { sqs, queueUrl: CHUNKS },
                messages.map((message) => JSON.stringify(message)),
              ),
            sendReceipt: (receipt) => tell([receipt]),
            stage: createStage(s3, 'work'),
            continueSplit: (created) =>
              sendMessages({ sqs, queueUrl: INTAKE }, [resumeNotification(created)]),
            remainingMs: () => life.endsAtMs - world.clock.now(),
            now: world.clock.now,
            decompressedBytesMax: 2 ** 40,
          });
        }
      },
      onFailure: async (record, error) => {
        world.note(life.name, `fails: ${String(error)}`);
        await putOff({ sqs, queueUrl: INTAKE }, record);
      },
      attemptsMax: ATTEMPTS_MAX,
      giveUp: ({ body }) => tell(receiptsOfDeadNotification(body, world.clock.now())),
    });
  };

/** As functions/sender.ts wires it. */
export const senderEnvironment = (world: World, project: SimulatedProject): Environment => {
  const { clock, random, note } = world;
  let current: Life | undefined;
  const clients = createClients({
    endpointsAllowed: [],
    fetchSecret: async () => '{"token":"simulated"}',
    open: ({ recipe }, credentials) =>
      createImportClient({
        destination: recipe.destination,
        credentials,
        limits: { requestsInFlight: recipe.tuning.requestsInFlight },
        openTransport: ({ authorization }) => project.transport(() => current!, authorization),
        now: clock.now,
        sleep: clock.sleep,
        random,
      }),
    now: clock.now,
  });
  return (event, { life, s3, sqs }) => {
    current = life;
    const tell = teller(sqs);
    return consume(event, {
      handle: async (record) => {
        const message = parseChunkMessage(record.body);
        note(life.name, `has chunk ${message.chunk} from ${message.range.start} (${record.messageId})`);
        const delivery = {
          messageId: record.messageId,
          receiveCount: receiveCountOf(record),
          receiveCountMax: ATTEMPTS_MAX,
          remainingMs: () => life.endsAtMs - clock.now(),
        };
        if (message.trial || delivery.receiveCount > 1) {
          const seconds = Math.ceil(delivery.remainingMs() / 1_000) + SPARE_SECONDS;
          await sqs.send(
            new ChangeMessageVisibilityCommand({
              QueueUrl: CHUNKS,
              ReceiptHandle: record.receiptHandle,
              VisibilityTimeout: seconds,
            }),
          );
        }
        await sendChunk(message, delivery, {
          openSource: (object) => s3Source(s3, object),
          openClient: clients.get,
          sendReceipt: (receipt) => tell([receipt]),
          continueChunk: (rest, delaySeconds) =>
            sendMessages({ sqs, queueUrl: CHUNKS, delaySeconds }, [JSON.stringify(rest)]),
          outcomes: createOutcomeStore(s3, 'work'),
          attempts: createAttemptsStore(s3, 'work'),
          now: clock.now,
          memory: { peakMB: () => 100, usedMB: () => 100, collect: () => undefined },
        });
      },
      onFailure: async (record, error) => {
        note(life.name, `fails: ${String(error)}`);
        clients.forget();
        await putOff({ sqs, queueUrl: CHUNKS }, record);
      },
      attemptsMax: ATTEMPTS_MAX,
      giveUp: ({ body }) => tell([receiptOfDeadChunk(body, clock.now())]),
    });
  };
};

/** As functions/ledger.ts wires it. */
export const ledgerEnvironment =
  (world: World): Environment =>
  async (event, { life, s3 }) => {
    const { failures } = await foldMessages(event.Records, createReportStore(s3, 'work', world.random));
    for (const { error } of failures) world.note(life.name, `fails: ${String(error)}`);
    return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
