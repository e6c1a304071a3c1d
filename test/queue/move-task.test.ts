import {
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { runMoveTask } from '../../lib/queue/move-task.ts';
import { startFleet } from '../local/fleet.ts';

const NEVER = new AbortController().signal;
const ARN = 'arn:aws:sqs:us-east-1:1:chunks-dlq';

/** SQS with tasks: no server here has them. */
const sqsThatAnswers = (...looks: readonly object[]) => {
  const sqs = new SQSClient({ region: 'us-east-1' });
  const mock = mockClient(sqs);
  mock.on(GetQueueAttributesCommand).resolves({ Attributes: { QueueArn: ARN } });
  mock.on(StartMessageMoveTaskCommand).resolves({ TaskHandle: 'handle' });
  let list = mock.on(ListMessageMoveTasksCommand);
  for (const look of looks) list = list.resolvesOnce({ Results: [look] });
  return { sqs, mock };
};

it('leaves it to others where the server has no such task', async () => {
  const { sqs, queue } = await startFleet();
  expect(await runMoveTask(sqs, queue.deadLetterUrl, NEVER)).toBeUndefined();
});

describe('where SQS can move messages', () => {
  it('has it move those of the dead-letter queue, and waits for the end', async () => {
    const { sqs, mock } = sqsThatAnswers(
      { Status: 'RUNNING', ApproximateNumberOfMessagesMoved: 3 },
      { Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 12 },
    );
    expect(await runMoveTask(sqs, 'https://sqs/dlq', NEVER)).toEqual({ moved: 12, isWhole: true });
    const [start] = mock.commandCalls(StartMessageMoveTaskCommand);
    expect(start!.args[0].input).toEqual({ SourceArn: ARN });
  });

  it('does not wait any longer when it is told to stop', async () => {
    const { sqs } = sqsThatAnswers({ Status: 'RUNNING', ApproximateNumberOfMessagesMoved: 3 });
    expect(await runMoveTask(sqs, 'https://sqs/dlq', AbortSignal.abort())).toEqual({
      moved: 3,
      isWhole: false,
    });
  });

  it('says why SQS gave up', async () => {
    const { sqs } = sqsThatAnswers({ Status: 'FAILED', FailureReason: 'AccessDenied' });
    await expect(runMoveTask(sqs, 'https://sqs/dlq', NEVER)).rejects.toMatchObject({
      code: 'REDRIVE_FAILED',
      message: expect.stringContaining('AccessDenied'),
    });
  });
});
