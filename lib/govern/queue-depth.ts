import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Observation } from '../tune/governor-state.ts';

/** How many chunks wait, and how many are with a sender or put off. */
export const readQueueDepth = async (
  sqs: SQSClient,
  queueUrl: string,
): Promise<Pick<Observation, 'chunksWaiting' | 'chunksInWork'>> => {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  const count = (name: keyof typeof Attributes): number => Number(Attributes[name] ?? 0);
  return {
    chunksWaiting: count('ApproximateNumberOfMessages'),
    chunksInWork:
      count('ApproximateNumberOfMessagesNotVisible') + count('ApproximateNumberOfMessagesDelayed'),
  };
};
