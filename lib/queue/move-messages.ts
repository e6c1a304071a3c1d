import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { sendMessages } from './send-messages.ts';

/** The most that SQS takes in one request. */
const BATCH_MAX = 10;
/** A receive that waits asks every server of the queue, so that an empty answer means an empty queue. */
const WAIT_SECONDS = 1;
/** Messages that are put back stay hidden until the end, or else they would come again and again. */
const HIDDEN_SECONDS = 900;
/** Time to put them back in. */
const MARGIN_SECONDS = 60;
/** SQS hides at most 120,000 messages of a queue at once. */
const HELD_MAX = 100_000;

export interface MoveOptions {
  readonly sqs: SQSClient;
  readonly fromUrl: string;
  readonly toUrl: string;
  /** Which messages to move, by their bodies. */
  readonly isWanted: (body: string) => boolean;
  /** Ends the move early; what was looked at and is not moved is put back. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface Moved {
  readonly moved: number;
  /** Not wanted, and visible again. */
  readonly putBack: number;
  /** The whole queue was looked at. */
  readonly isWhole: boolean;
}

/**
 * Moves messages from one queue to another for at most a quarter of an hour. A message is deleted only after the
 * other queue has taken it: when that fails, or this process ends, it comes again, and may then be in both.
 *
 * @throws {QueueError} when the other queue takes no messages; what was received is put back first
 */
export const moveMessages = async (options: MoveOptions): Promise<Moved> => {
  const { sqs, fromUrl, isWanted, signal, now } = options;
  const endMs = now() + (HIDDEN_SECONDS - MARGIN_SECONDS) * 1000;
  const held: Message[] = [];
  let moved = 0;
  let received: readonly Message[] = [];
  try {
    while (!signal.aborted && now() < endMs && held.length < HELD_MAX) {
      received = await receive(sqs, fromUrl);
      if (received.length === 0) return { moved, putBack: held.length, isWhole: true };
      const wanted = received.filter(({ Body = '' }) => isWanted(Body));
      held.push(...received.filter((message) => !wanted.includes(message)));
      received = wanted;
      await moveBatch(options, wanted);
      moved += wanted.length;
      received = [];
    }
    return { moved, putBack: held.length, isWhole: false };
  } finally {
    await putBack(sqs, fromUrl, [...held, ...received]);
  }
};

const receive = async (sqs: SQSClient, QueueUrl: string): Promise<readonly Message[]> => {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: BATCH_MAX,
      WaitTimeSeconds: WAIT_SECONDS,
      VisibilityTimeout: HIDDEN_SECONDS,
    }),
  );
  return Messages;
};

const moveBatch = async (
  { sqs, fromUrl, toUrl }: MoveOptions,
  messages: readonly Message[],
): Promise<void> => {
  if (messages.length === 0) return;
  await sendMessages(
    { sqs, queueUrl: toUrl },
    messages.map(({ Body = '' }) => Body),
  );
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: fromUrl, Entries: messages.map(entryOf) }));
};

/** Those that cannot be put back now come back by themselves, when they have been hidden for their time. */
const putBack = async (sqs: SQSClient, QueueUrl: string, messages: readonly Message[]): Promise<void> => {
  for (let at = 0; at < messages.length; at += BATCH_MAX) {
    const Entries = messages
      .slice(at, at + BATCH_MAX)
      .map((message, index) => ({ ...entryOf(message, index), VisibilityTimeout: 0 }));
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries })).catch(() => undefined);
  }
};

const entryOf = ({ ReceiptHandle }: Message, index: number) => ({ Id: String(index), ReceiptHandle });
