import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SQSClient,
  SQSServiceException,
} from '@aws-sdk/client-sqs';
import type { Life } from './life.ts';
import type { Queue } from './queue.ts';
import type { World } from './world.ts';

const offline = new SQSClient({ region: 'us-east-1' });

/** SQS as one invocation sees it. */
export const sqsOf = (world: World, life: Life, queues: readonly Queue[]): SQSClient => {
  const queueAt = (url = ''): Queue => queues.find(({ name }) => url.endsWith(`/${name}`))!;

  const sendBatch = ({ input }: SendMessageBatchCommand) => {
    const queue = queueAt(input.QueueUrl);
    const { faults } = world;
    if (faults.strikes('queue: 500')) throw unavailable();
    const failed: { Id: string; Code: string; SenderFault: boolean }[] = [];
    for (const { Id = '', MessageBody = '', DelaySeconds = 0 } of input.Entries ?? []) {
      const failure = { Id, Code: 'InternalError', SenderFault: false };
      if (faults.strikes('queue: part not taken')) {
        failed.push(failure);
        continue;
      }
      queue.send(MessageBody, DelaySeconds * 1_000);
      if (faults.strikes('queue: taken, told failed')) failed.push(failure);
    }
    if (faults.strikes('queue: taken, answered 500')) throw unavailable();
    return { Failed: failed };
  };

  const send = (command: unknown): Promise<object> => {
    if (command instanceof SendMessageBatchCommand) {
      const { QueueUrl, Entries = [] } = command.input;
      return life.act('send', `sends ${Entries.length} to ${queueAt(QueueUrl).name}`, () =>
        sendBatch(command),
      );
    }
    if (command instanceof ChangeMessageVisibilityCommand) {
      const { QueueUrl, ReceiptHandle = '', VisibilityTimeout = 0 } = command.input;
      const change = () => {
        queueAt(QueueUrl).changeVisibility(ReceiptHandle, VisibilityTimeout * 1_000);
        return {};
      };
      return life.act('ask', `gives ${ReceiptHandle} back for ${VisibilityTimeout} s`, change);
    }
    throw new TypeError('The simulated SQS does not know this command.');
  };
  return Object.assign(Object.create(offline) as SQSClient, { send });
};

const unavailable = (): SQSServiceException =>
  new SQSServiceException({
    name: 'ServiceUnavailable',
    message: 'try again',
    $fault: 'server',
    $metadata: { httpStatusCode: 503 },
  });
