import {
  GetQueueAttributesCommand,
  type MessageAttributeValue,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import {
  type EventSourceMapping,
  type EventSourceMappingSettings,
  type InvocationReport,
  startEventSourceMapping,
} from '../../local/event-source-mapping.ts';
import { type Queue, type QueueSettings, startQueues } from '../../local/queues.ts';

export interface MappingRun extends EventSourceMapping {
  readonly reports: InvocationReport[];
  readonly errors: unknown[];
}

/** A queue server with one queue, a client, and mappings; all of it closed when the test ends. */
export interface Fleet {
  readonly endpoint: string;
  readonly sqs: SQSClient;
  readonly queue: Queue;
  send(bodies: readonly string[], attributes?: Record<string, MessageAttributeValue>): Promise<string[]>;
  counts(): Promise<{ visible: number; inFlight: number; dead: number }>;
  map(settings: Partial<EventSourceMappingSettings> & Pick<EventSourceMappingSettings, 'invoke'>): MappingRun;
  close(): Promise<void>;
}

export async function startFleet(settings: QueueSettings = {}): Promise<Fleet> {
  const { endpoint, region, queues, close } = await startQueues({ queues: { chunks: settings } });
  const queue = queues.chunks;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const sqs = new SQSClient({ endpoint, region, credentials, maxAttempts: 1 });
  onTestFinished(async () => {
    sqs.destroy();
    await close();
  });

  const send: Fleet['send'] = (bodies, MessageAttributes) =>
    Promise.all(
      bodies.map(async (MessageBody) => {
        const command = new SendMessageCommand({ QueueUrl: queue.url, MessageBody, MessageAttributes });
        return (await sqs.send(command)).MessageId!;
      }),
    );
  const countsOf = async (QueueUrl: string) => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    return {
      visible: Number(Attributes?.ApproximateNumberOfMessages),
      inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
    };
  };
  const counts = async () => ({
    ...(await countsOf(queue.url)),
    dead: (await countsOf(queue.deadLetterUrl)).visible,
  });
  const map: Fleet['map'] = (overrides) => {
    const reports: InvocationReport[] = [];
    const errors: unknown[] = [];
    const mapping = startEventSourceMapping({
      queueUrl: queue.url,
      queueArn: queue.arn,
      sqs,
      batchSize: 1,
      concurrencyMax: 1,
      reportBatchItemFailures: true,
      onInvocation: (report) => reports.push(report),
      onError: (error) => errors.push(error),
      ...overrides,
    });
    onTestFinished(async () => void (await mapping.close({ timeoutMs: 5_000 })));
    return { ...mapping, reports, errors };
  };
  return { endpoint, sqs, queue, send, counts, map, close };
}
