import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readQueueCounts } from '../../../local/cloud/queue-counts.ts';
import { type Queues, startQueues } from '../../../local/queues.ts';

let server: Queues<'intake' | 'chunks' | 'receipts'>;
let sqs: SQSClient;

beforeAll(async () => {
  server = await startQueues({ queues: { intake: {}, chunks: {}, receipts: {} } });
  const { endpoint, region } = server;
  sqs = new SQSClient({ endpoint, region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
});

afterAll(async () => {
  sqs.destroy();
  await server.close();
});

it('tells messages that wait from those in work and the dead', async () => {
  const { intake, chunks } = server.queues;
  const send = (QueueUrl: string) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
  await send(chunks.url);
  await send(chunks.url);
  await send(chunks.url);
  await sqs.send(new ReceiveMessageCommand({ QueueUrl: chunks.url }));
  await send(intake.deadLetterUrl);
  expect(await readQueueCounts({ sqs, queues: server.queues })).toEqual({
    intake: { waiting: 0, inWork: 0, dead: 1 },
    chunks: { waiting: 2, inWork: 1, dead: 0 },
    receipts: { waiting: 0, inWork: 0, dead: 0 },
  });
});
