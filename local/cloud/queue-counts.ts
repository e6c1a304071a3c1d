import { readQueueDepth } from '../../lib/govern/queue-depth.ts';
import type { QueueName, Services } from './services.ts';

/** Messages of a queue, by where they are. */
export interface QueueCounts {
  readonly waiting: number;
  /** With a function, or put off. */
  readonly inWork: number;
  /** In its dead-letter queue, looked at or not. */
  readonly dead: number;
}

export const readQueueCounts = async ({
  sqs,
  queues,
}: Pick<Services, 'sqs' | 'queues'>): Promise<Readonly<Record<QueueName, QueueCounts>>> => {
  const read = async (name: QueueName): Promise<QueueCounts> => {
    const { url, deadLetterUrl } = queues[name];
    const [live, dead] = await Promise.all([readQueueDepth(sqs, url), readQueueDepth(sqs, deadLetterUrl)]);
    return {
      waiting: live.chunksWaiting,
      inWork: live.chunksInWork,
      dead: dead.chunksWaiting + dead.chunksInWork,
    };
  };
  const [intake, chunks, receipts] = await Promise.all([read('intake'), read('chunks'), read('receipts')]);
  return { intake, chunks, receipts };
};
