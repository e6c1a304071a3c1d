import { setTimeout as delay } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { type Fleet, startFleet } from './fleet.ts';

const LONG_POLL_ARRIVES_MS = 100; // nothing outside the server shows that it has

const receive = async (fleet: Fleet, url: string, waitTimeSeconds = 0): Promise<Message[]> => {
  const command = new ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: waitTimeSeconds,
    MessageSystemAttributeNames: ['All'],
  });
  return (await fleet.sqs.send(command)).Messages ?? [];
};
const makeVisible = (fleet: Fleet, { ReceiptHandle }: Message, VisibilityTimeout = 0) =>
  fleet.sqs.send(
    new ChangeMessageVisibilityCommand({ QueueUrl: fleet.queue.url, ReceiptHandle, VisibilityTimeout }),
  );

it('serves 127.0.0.1 only, under URLs that need no name resolution', async () => {
  const fleet = await startFleet();
  expect(new URL(fleet.endpoint).hostname).toBe('127.0.0.1');
  expect(fleet.queue).toEqual({
    url: `${fleet.endpoint}/000000000000/chunks`,
    arn: 'arn:aws:sqs:us-east-1:000000000000:chunks',
    deadLetterUrl: `${fleet.endpoint}/000000000000/chunks-dlq`,
    deadLetterArn: 'arn:aws:sqs:us-east-1:000000000000:chunks-dlq',
  });
});

it('takes a batch, gives it out, and deletes it', async () => {
  const fleet = await startFleet();
  const Entries = Array.from({ length: 10 }, (_, index) => ({
    Id: `m${index}`,
    MessageBody: `body ${index} é`,
  }));
  const sent = await fleet.sqs.send(new SendMessageBatchCommand({ QueueUrl: fleet.queue.url, Entries }));
  expect(sent.Successful).toHaveLength(10);

  const messages = await receive(fleet, fleet.queue.url);
  expect(messages.map(({ Body }) => Body)).toEqual(Entries.map(({ MessageBody }) => MessageBody));
  expect(await fleet.counts()).toMatchObject({ visible: 0, inFlight: 10 });
  await fleet.sqs.send(
    new DeleteMessageBatchCommand({
      QueueUrl: fleet.queue.url,
      Entries: messages.map(({ ReceiptHandle }, index) => ({ Id: `m${index}`, ReceiptHandle })),
    }),
  );
  expect(await fleet.counts()).toEqual({ visible: 0, inFlight: 0, dead: 0 });
});

it('hides a received message for the visibility timeout, or for what a receive changes it to', async () => {
  const fleet = await startFleet({ visibilityTimeoutSeconds: 1 });
  await fleet.send(['a']);
  const [first] = await receive(fleet, fleet.queue.url);
  expect(await receive(fleet, fleet.queue.url)).toEqual([]);
  const [second] = await receive(fleet, fleet.queue.url, 5);
  expect(second).toMatchObject({ MessageId: first?.MessageId, Attributes: { ApproximateReceiveCount: '2' } });

  await makeVisible(fleet, second!, 0);
  const [third] = await receive(fleet, fleet.queue.url);
  await makeVisible(fleet, third!, 60);
  expect(await receive(fleet, fleet.queue.url, 2)).toEqual([]);
});

it('moves a message to the dead-letter queue after maxReceiveCount receives', async () => {
  const fleet = await startFleet({ maxReceiveCount: 2 });
  await fleet.send(['poison']);
  for (const receives of ['1', '2']) {
    const [message] = await receive(fleet, fleet.queue.url);
    expect(message?.Attributes?.ApproximateReceiveCount).toBe(receives);
    await makeVisible(fleet, message!);
  }
  expect(await receive(fleet, fleet.queue.url)).toEqual([]);
  expect(await receive(fleet, fleet.queue.deadLetterUrl)).toMatchObject([{ Body: 'poison' }]);
});

it('keeps a message for others when a long poll was given up', async () => {
  const fleet = await startFleet({ visibilityTimeoutSeconds: 600 });
  const abort = new AbortController();
  const poll = fleet.sqs.send(new ReceiveMessageCommand({ QueueUrl: fleet.queue.url, WaitTimeSeconds: 20 }), {
    abortSignal: abort.signal,
  });
  const refusal = expect(poll).rejects.toMatchObject({ name: 'AbortError' });
  await delay(LONG_POLL_ARRIVES_MS);
  abort.abort();
  await refusal;
  await delay(LONG_POLL_ARRIVES_MS);

  await fleet.sqs.send(new SendMessageCommand({ QueueUrl: fleet.queue.url, MessageBody: 'a' }));
  expect(await receive(fleet, fleet.queue.url, 5)).toMatchObject([{ Body: 'a' }]);
});

it('ends waiting receives when it closes', async () => {
  const fleet = await startFleet();
  const poll = receive(fleet, fleet.queue.url, 20).catch((error: unknown) => error);
  await delay(LONG_POLL_ARRIVES_MS);
  await fleet.close();
  await poll;
});
