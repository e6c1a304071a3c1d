import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  type SQSClient,
  SQSServiceException,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { MoveTaskError } from './move-task-error.ts';

const LOOK_EVERY_MS = 1_000;
/** SQS goes on by itself; this is how long it is watched. */
const LOOKS_MAX = 60;
/** What servers of SQS that have no such task answer, and SQS itself where one is running already. */
const NO_TASK = /Unsupported|UnknownOperation|InvalidAction|NotImplemented|Not supported/i;

export interface MoveTask {
  readonly moved: number;
  /** False while SQS is still at it. */
  readonly isWhole: boolean;
}

/**
 * Has SQS move all messages of a dead-letter queue back to where they came from, and watches it for a minute.
 *
 * @returns undefined where the server of this queue cannot do that
 * @throws {MoveTaskError} when the task fails
 */
export const runMoveTask = async (
  sqs: SQSClient,
  deadLetterUrl: string,
  signal: AbortSignal,
): Promise<MoveTask | undefined> => {
  const SourceArn = await arnOf(sqs, deadLetterUrl);
  try {
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
  } catch (error) {
    if (error instanceof SQSServiceException && NO_TASK.test(`${error.name} ${error.message}`))
      return undefined;
    throw error;
  }
  for (let look = 1; ; look++) {
    const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 1 }));
    const { Status, ApproximateNumberOfMessagesMoved: moved = 0, FailureReason } = Results[0] ?? {};
    if (Status === 'FAILED')
      throw new MoveTaskError(`SQS gave up after ${moved} messages of ${deadLetterUrl}: ${FailureReason}.`);
    if (Status !== 'RUNNING') return { moved, isWhole: true };
    if (look === LOOKS_MAX || signal.aborted) return { moved, isWhole: false };
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
};

const arnOf = async (sqs: SQSClient, QueueUrl: string): Promise<string> => {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  return Attributes?.QueueArn ?? '';
};
