import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';

const HOST = '127.0.0.1';
const DEAD_LETTER_SUFFIX = '-dlq';
const CHANGE_VISIBILITY = 'AmazonSQS.ChangeMessageVisibility';
const DAY_SECONDS = 86_400;

export interface QueueSettings {
  /** How long a received message stays hidden; 30 s unless set. On AWS: 6 × the timeout of the function it feeds. */
  readonly visibilityTimeoutSeconds?: number;
  /** Receives before a message moves to the dead-letter queue; 5 unless set. */
  readonly maxReceiveCount?: number;
  /** 4 days unless set. Stored, but the server in this process deletes nothing by age. */
  readonly retentionSeconds?: number;
}

export interface Queue {
  readonly url: string;
  readonly arn: string;
  readonly deadLetterUrl: string;
  readonly deadLetterArn: string;
}

export interface Queues<Name extends string> {
  /** For `SQSClient({ endpoint })`; any credentials will do. */
  readonly endpoint: string;
  readonly region: string;
  readonly queues: Readonly<Record<Name, Queue>>;
  /** Ends waiting receives; all messages are gone. */
  close(): Promise<void>;
}

export interface StartQueuesOptions<Name extends string> {
  readonly queues: Readonly<Record<Name, QueueSettings>>;
  /** Any free port unless set. */
  readonly port?: number;
  readonly region?: string;
}

/**
 * Starts an SQS server in this process, on 127.0.0.1, with a queue and a dead-letter queue (`<name>-dlq`) per name.
 * Messages live in memory.
 */
export async function startQueues<Name extends string>(
  options: StartQueuesOptions<Name>,
): Promise<Queues<Name>> {
  const { port = 0, region = 'us-east-1' } = options;
  const server = sqsServer(region);
  const endpoint = await server.listen({ host: HOST, port });
  const sqs = new SQSClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const names = Object.keys(options.queues) as Name[];
  const created = await Promise.all(
    names.map((name) => createPair(sqs, endpoint, name, options.queues[name])),
  );
  sqs.destroy();
  const queues = Object.fromEntries(names.map((name, index) => [name, created[index]])) as Record<
    Name,
    Queue
  >;
  return { endpoint, region, queues, close: () => server.close() };
}

function sqsServer(region: string) {
  // Not startFauxqs: that listens on every network interface.
  const server = buildApp({ logger: false, defaultRegion: region });
  // A long poll whose client has gone still takes the next message, and would hide it for the visibility timeout.
  server.addHook('onSend', async (request, _reply, payload) => {
    if (!request.raw.socket.destroyed || typeof payload !== 'string') return payload;
    if (request.headers['x-amz-target'] === 'AmazonSQS.ReceiveMessage') {
      const { QueueUrl } = request.body as { QueueUrl: string };
      for (const ReceiptHandle of receiptHandles(payload)) await makeVisible({ QueueUrl, ReceiptHandle });
    }
    return payload;
  });
  const makeVisible = (message: { QueueUrl: string; ReceiptHandle: string }) =>
    server.inject({
      method: 'POST',
      url: '/',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': CHANGE_VISIBILITY },
      payload: { ...message, VisibilityTimeout: 0 },
    });
  return server;
}

function receiptHandles(payload: string): string[] {
  const { Messages = [] } = JSON.parse(payload) as { Messages?: { ReceiptHandle: string }[] };
  return Messages.map((message) => message.ReceiptHandle);
}

async function createPair(
  sqs: SQSClient,
  endpoint: string,
  name: string,
  settings: QueueSettings,
): Promise<Queue> {
  const { visibilityTimeoutSeconds = 30, maxReceiveCount = 5, retentionSeconds = 4 * DAY_SECONDS } = settings;
  const deadLetter = await createQueue(sqs, endpoint, name + DEAD_LETTER_SUFFIX, {
    MessageRetentionPeriod: String(14 * DAY_SECONDS),
  });
  const queue = await createQueue(sqs, endpoint, name, {
    VisibilityTimeout: String(visibilityTimeoutSeconds),
    MessageRetentionPeriod: String(retentionSeconds),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetter.arn, maxReceiveCount }),
  });
  return { ...queue, deadLetterUrl: deadLetter.url, deadLetterArn: deadLetter.arn };
}

async function createQueue(
  sqs: SQSClient,
  endpoint: string,
  name: string,
  attributes: Record<string, string>,
): Promise<{ url: string; arn: string }> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: QueueUrl!, AttributeNames: ['QueueArn'] }),
  );
  // The server's own URLs name a host like sqs.us-east-1.localhost, which not every resolver knows.
  return { url: endpoint + new URL(QueueUrl!).pathname, arn: Attributes!.QueueArn! };
}
