import { readQueueDepth } from '../lib/govern/queue-depth.ts';
import { type Deployment, QUEUE_NAMES, type QueueName } from './deployment-parts.ts';

export interface QueueStatus {
  readonly name: QueueName;
  readonly waiting: number;
  /** With a function, or put off. */
  readonly inWork: number;
  readonly deadLetters: number;
}

/** How many messages are in each queue and its dead-letter queue; about, as SQS counts. */
export const readQueues = async ({ sqs, parts }: Deployment): Promise<QueueStatus[]> =>
  parts === undefined
    ? []
    : Promise.all(
        QUEUE_NAMES.map(async (name) => {
          const { url, deadLetterUrl } = parts.queues[name];
          const [queue, dead] = await Promise.all([
            readQueueDepth(sqs, url),
            readQueueDepth(sqs, deadLetterUrl),
          ]);
          return {
            name,
            waiting: queue.chunksWaiting,
            inWork: queue.chunksInWork,
            deadLetters: dead.chunksWaiting + dead.chunksInWork,
          };
        }),
      );
