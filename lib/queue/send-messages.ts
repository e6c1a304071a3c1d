import { setTimeout as sleep } from 'node:timers/promises';
import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { FanoutError } from '../errors.ts';
import { createInFlight } from '../flow/in-flight.ts';

/** SQS takes at most 10 messages in a request; ours are small, so 10 stay far below its 1 MiB. */
const ENTRIES_MAX = 10;
const ATTEMPTS_MAX = 6;
const REQUESTS_IN_FLIGHT_MAX = 8;
const BACKOFF_MS = 100;

export class QueueError extends FanoutError {
  override readonly name = 'QueueError';
  readonly code = 'QUEUE_UNAVAILABLE';
  readonly retryable = true;
}

export interface SendOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly delaySeconds?: number;
}

/**
 * Sends messages, ten to a request and several requests at once. Entries that a request failed on are sent again.
 *
 * @param bodies JSON; taken as they are sent, so they need not all exist at once
 * @returns messages sent
 * @throws {QueueError} when entries still fail at the last attempt
 */
export const sendMessages = async (options: SendOptions, bodies: Iterable<string>): Promise<number> => {
  let sent = 0;
  const requests = createInFlight<readonly string[], number>({
    itemsMax: REQUESTS_IN_FLIGHT_MAX,
    bytesMax: Number.POSITIVE_INFINITY,
    bytesOf: () => 0,
    run: (batch) =>
      sendEntries(
        options,
        batch.map((body, index) => entryOf(options, body, index)),
      ),
    commit: async (_, count) => {
      sent += count;
    },
  });
  for (const batch of batchesOf(bodies)) await requests.submit(batch);
  await requests.drain();
  return sent;
};

function* batchesOf(bodies: Iterable<string>): Generator<readonly string[]> {
  let batch: string[] = [];
  for (const body of bodies) {
    batch.push(body);
    if (batch.length < ENTRIES_MAX) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

const entryOf = (
  { delaySeconds }: SendOptions,
  body: string,
  index: number,
): SendMessageBatchRequestEntry => ({
  Id: String(index),
  MessageBody: inAscii(body),
  DelaySeconds: delaySeconds,
});

const sendEntries = async (
  { sqs, queueUrl }: SendOptions,
  entries: readonly SendMessageBatchRequestEntry[],
): Promise<number> => {
  let waiting = [...entries];
  for (let attempt = 1; ; attempt++) {
    const { Failed = [] } = await sqs.send(
      new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: waiting }),
    );
    if (Failed.length === 0) return entries.length;
    const reasons = [...new Set(Failed.map(({ Code }) => Code))].join(', ');
    if (attempt === ATTEMPTS_MAX || Failed.some(({ SenderFault }) => SenderFault)) {
      throw new QueueError(
        `${Failed.length} of ${entries.length} messages were not taken by ${queueUrl}: ${reasons}`,
      );
    }
    const failedIds = new Set(Failed.map(({ Id }) => Id));
    waiting = waiting.filter(({ Id }) => failedIds.has(Id));
    await sleep(BACKOFF_MS * 2 ** attempt);
  }
};

/** SQS refuses a few characters of Unicode that a file name may hold; in JSON any character can be written as ASCII. */
const inAscii = (json: string): string =>
  json.replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
