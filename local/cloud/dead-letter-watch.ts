import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { receiptOfDeadChunk, receiptsOfDeadNotification } from '../../lib/ledger/dead-letters.ts';
import type { Receipt } from '../../lib/ledger/receipt.ts';
import { sendMessages } from '../../lib/queue/send-messages.ts';
import type { Queue } from '../queues.ts';

const INTERVAL_MS = 1_000;
const RECEIVE_MAX = 10;

export interface DeadLetterWatchOptions {
  readonly sqs: SQSClient;
  readonly queues: Readonly<Record<'intake' | 'chunks' | 'receipts', Queue>>;
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Tells the ledger of messages that were given up, so that an import ends instead of waiting for them. */
export const startDeadLetterWatch = ({
  sqs,
  queues,
  onError,
}: DeadLetterWatchOptions): { close(): Promise<void> } => {
  const closing = new AbortController();

  const drain = async (url: string, receiptsOf: (body: string) => Receipt[]): Promise<void> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: RECEIVE_MAX }),
    );
    for (const { Body = '', ReceiptHandle } of Messages) {
      const receipts = receiptsOf(Body).map((receipt) => JSON.stringify(receipt));
      await sendMessages({ sqs, queueUrl: queues.receipts.url }, receipts);
      await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
    }
  };

  const watch = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        await drain(queues.chunks.deadLetterUrl, (body) => [receiptOfDeadChunk(body, Date.now())]);
        await drain(queues.intake.deadLetterUrl, (body) => receiptsOfDeadNotification(body, Date.now()));
      } catch (error) {
        onError?.(error);
      }
      await sleep(INTERVAL_MS, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  };

  const watching = watch();
  return {
    close: async () => {
      closing.abort();
      await watching;
    },
  };
};
