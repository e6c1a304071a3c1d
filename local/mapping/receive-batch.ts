import { type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { sleep } from './back-off.ts';

const RECEIVE_MESSAGES_MAX = 10; // per call, a limit of SQS
const SHORT_POLL_INTERVAL_MS = 50;

export interface ReceiveBatchOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly batchSize: number;
  /** How long to gather after the first message; 0 takes what the first receive brings. */
  readonly batchingWindowMs: number;
  /** Longest wait for a first message, in whole seconds, at most 20. */
  readonly waitTimeSeconds: number;
  /** Ends a wait at once. Messages already gathered are returned. */
  readonly signal: AbortSignal;
}

/** Receives up to `batchSize` messages; none when the wait ends or the signal aborts before there are any. */
export async function receiveBatch(options: ReceiveBatchOptions): Promise<Message[]> {
  const { batchSize, batchingWindowMs, waitTimeSeconds, signal } = options;
  const batch = await receive(options, batchSize, waitTimeSeconds);
  if (batch.length === 0) return batch;
  const windowEndsAt = performance.now() + batchingWindowMs;
  while (batch.length < batchSize && !signal.aborted) {
    const remainingMs = windowEndsAt - performance.now();
    if (remainingMs <= 0) break;
    const more = await gatherMore(options, batchSize - batch.length, remainingMs);
    batch.push(...more);
  }
  return batch;
}

async function gatherMore(
  options: ReceiveBatchOptions,
  messagesMax: number,
  remainingMs: number,
): Promise<Message[]> {
  try {
    const messages = await receive(options, messagesMax, Math.min(20, Math.floor(remainingMs / 1000)));
    if (messages.length === 0) await sleep(Math.min(remainingMs, SHORT_POLL_INTERVAL_MS), options.signal);
    return messages;
  } catch {
    // What was gathered must not be lost with this receive; the next batch meets the same error and reports it.
    await sleep(Math.min(remainingMs, SHORT_POLL_INTERVAL_MS), options.signal);
    return [];
  }
}

async function receive(
  { sqs, queueUrl, signal }: ReceiveBatchOptions,
  messagesMax: number,
  waitTimeSeconds: number,
): Promise<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: Math.min(messagesMax, RECEIVE_MESSAGES_MAX),
    WaitTimeSeconds: waitTimeSeconds,
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  });
  try {
    return (await sqs.send(command, { abortSignal: signal })).Messages ?? [];
  } catch (error) {
    if (signal.aborted) return [];
    throw error;
  }
}
