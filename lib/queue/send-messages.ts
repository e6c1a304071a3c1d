import { setTimeout as sleep } from 'node:timers/promises';
import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { FanoutError } from '../errors.ts';

/** SQS takes at most 10 messages in a request; ours are small, so 10 stay far below its 1 MiB. */
const ENTRIES_MAX = 10;
const ATTEMPTS_MAX = 6;
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
 * Sends messages in order of their coming, ten to a request. Entries that a request failed on are sent again.
 *
 * @param bodies taken one by one, so they need not all exist at once
 * @returns messages sent
 * @throws {QueueError} when entries still fail at the last attempt
 */
export const sendMessages = async (options: SendOptions, bodies: Iterable<string>): Promise<number> => {
  let sent = 0;
  let entries: SendMessageBatchRequestEntry[] = [];
  for (const body of bodies) {
    entries.push({ Id: String(entries.length), MessageBody: body, DelaySeconds: options.delaySeconds });
    if (entries.length < ENTRIES_MAX) continue;
    sent += await sendEntries(options, entries);
    entries = [];
  }
  return entries.length > 0 ? sent + (await sendEntries(options, entries)) : sent;
};

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
