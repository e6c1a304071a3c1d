import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { QueueError, sendMessages } from '../../lib/queue/send-messages.ts';
import { startFleet } from '../local/fleet.ts';

vi.mock('node:timers/promises', async (importOriginal) => ({
  ...(await importOriginal<typeof import('node:timers/promises')>()),
  setTimeout: async () => undefined,
}));

const queueUrl = 'https://sqs.example/q';
const sqs = new SQSClient({ region: 'us-east-1' });
const mock = mockClient(sqs);
beforeEach(() => void mock.reset());

/** Bodies of each request. */
const requests = () =>
  mock
    .commandCalls(SendMessageBatchCommand)
    .map(({ args }) => args[0].input.Entries!.map(({ MessageBody }) => MessageBody));

const bodies = (count: number): string[] => Array.from({ length: count }, (_, i) => `m${i}`);

const failed = (Id: string, SenderFault = false) => ({ Id, SenderFault, Code: 'InternalError' });

describe('sendMessages', () => {
  it('sends ten to a request, with ids that are unique in it', async () => {
    mock.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [] });
    expect(await sendMessages({ sqs, queueUrl, delaySeconds: 30 }, bodies(23))).toBe(23);
    expect(requests().flat()).toEqual(bodies(23));
    expect(requests().map(({ length }) => length)).toEqual([10, 10, 3]);
    const { QueueUrl, Entries } = mock.commandCalls(SendMessageBatchCommand)[0]!.args[0].input;
    expect(QueueUrl).toBe(queueUrl);
    expect(new Set(Entries!.map(({ Id }) => Id)).size).toBe(10);
    expect(Entries!.every(({ DelaySeconds }) => DelaySeconds === 30)).toBe(true);
  });

  it('sends nothing when there is nothing', async () => {
    expect(await sendMessages({ sqs, queueUrl }, [])).toBe(0);
    expect(requests()).toEqual([]);
  });

  it('takes bodies no faster than they are sent', async () => {
    let made = 0;
    mock.on(SendMessageBatchCommand).callsFake(async () => {
      expect(made).toBeLessThanOrEqual(requests().length * 10);
      return {};
    });
    const lazy = bodies(40)
      .values()
      .map((body) => {
        made += 1;
        return body;
      });
    expect(await sendMessages({ sqs, queueUrl }, lazy)).toBe(40);
  });

  it('sends again what a request failed on, and only that', async () => {
    mock
      .on(SendMessageBatchCommand)
      .resolvesOnce({ Failed: [failed('1'), failed('3')] })
      .resolvesOnce({ Failed: [failed('3')] })
      .resolves({});
    expect(await sendMessages({ sqs, queueUrl }, bodies(5))).toBe(5);
    expect(requests()).toEqual([bodies(5), ['m1', 'm3'], ['m3']]);
  });

  it('gives up after six attempts', async () => {
    mock.on(SendMessageBatchCommand).resolves({ Failed: [failed('1')] });
    const error = await sendMessages({ sqs, queueUrl }, bodies(5)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(QueueError);
    expect(error).toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
      retryable: true,
      message: `1 of 5 messages were not taken by ${queueUrl}: InternalError`,
    });
    expect(requests()).toHaveLength(6);
  });

  it('does not send again what the queue blames on the sender', async () => {
    mock.on(SendMessageBatchCommand).resolves({ Failed: [failed('0', true)] });
    await expect(sendMessages({ sqs, queueUrl }, bodies(2))).rejects.toBeInstanceOf(QueueError);
    expect(requests()).toHaveLength(1);
  });

  it('hands on a failure of the request itself', async () => {
    mock.on(SendMessageBatchCommand).rejects(new Error('no network'));
    await expect(sendMessages({ sqs, queueUrl }, bodies(1))).rejects.toThrow('no network');
  });

  it('sends to a real queue', async () => {
    const fleet = await startFleet();
    expect(await sendMessages({ sqs: fleet.sqs, queueUrl: fleet.queue.url }, bodies(12))).toBe(12);
    expect((await fleet.counts()).visible).toBe(12);
  });
});
