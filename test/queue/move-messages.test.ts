import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { moveMessages } from '../../lib/queue/move-messages.ts';
import { type Fleet, startFleet } from '../local/fleet.ts';

const NEVER = new AbortController().signal;

const fill = async ({ sqs, queue }: Fleet, bodies: readonly string[]): Promise<void> => {
  for (let at = 0; at < bodies.length; at += 10) {
    const Entries = bodies.slice(at, at + 10).map((MessageBody, i) => ({ Id: String(i), MessageBody }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: queue.deadLetterUrl, Entries }));
  }
};

const hidden = async ({ sqs }: Fleet, QueueUrl: string): Promise<number> => {
  const AttributeNames = ['ApproximateNumberOfMessagesNotVisible' as const];
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return Number(Attributes?.ApproximateNumberOfMessagesNotVisible);
};

const move = ({ sqs, queue }: Fleet, overrides: Partial<Parameters<typeof moveMessages>[0]> = {}) =>
  moveMessages({
    sqs,
    fromUrl: queue.deadLetterUrl,
    toUrl: queue.url,
    isWanted: () => true,
    signal: NEVER,
    now: Date.now,
    ...overrides,
  });

it('moves what is wanted and puts back the rest, each once, bodies as they were', async () => {
  const fleet = await startFleet();
  const mine = Array.from({ length: 23 }, (_, i) => `{"mine":${i}}`);
  const others = Array.from({ length: 14 }, (_, i) => `{"other":${i}}`);
  await fill(fleet, [...others.slice(0, 5), ...mine, ...others.slice(5)]);

  expect(await move(fleet, { isWanted: (body) => body.includes('mine') })).toEqual({
    moved: 23,
    putBack: 14,
    isWhole: true,
  });
  expect(await fleet.counts()).toEqual({ visible: 23, inFlight: 0, dead: 14 });
  expect(await hidden(fleet, fleet.queue.deadLetterUrl)).toBe(0);

  const bodies: string[] = [];
  while (bodies.length < 23) {
    const { Messages = [] } = await fleet.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: fleet.queue.url, MaxNumberOfMessages: 10 }),
    );
    bodies.push(...Messages.map(({ Body = '' }) => Body));
  }
  expect(bodies.sort()).toEqual([...mine].sort());
});

it('deletes nothing, and hides nothing, when the other queue takes no messages', async () => {
  const fleet = await startFleet();
  await fill(fleet, ['{"other":1}', '{"mine":1}', '{"mine":2}']);
  const isWanted = (body: string): boolean => body.includes('mine');
  await expect(move(fleet, { isWanted, toUrl: `${fleet.queue.url}-gone` })).rejects.toThrow();
  expect((await fleet.counts()).dead).toBe(3);
  expect(await hidden(fleet, fleet.queue.deadLetterUrl)).toBe(0);
});

it('stops when it is told to, and says that there may be more', async () => {
  const fleet = await startFleet();
  await fill(
    fleet,
    Array.from({ length: 25 }, (_, i) => `{"n":${i}}`),
  );
  const stop = new AbortController();
  const isWanted = (): boolean => {
    stop.abort();
    return false;
  };
  expect(await move(fleet, { isWanted, signal: stop.signal })).toEqual({
    moved: 0,
    putBack: 10,
    isWhole: false,
  });
  expect((await fleet.counts()).dead).toBe(25);
});

it('stops before those that it has hidden come again by themselves', async () => {
  const fleet = await startFleet();
  await fill(fleet, ['{"n":1}']);
  let nowMs = 0;
  const now = (): number => {
    nowMs += 500_000;
    return nowMs;
  };
  expect(await move(fleet, { isWanted: () => false, now })).toEqual({ moved: 0, putBack: 1, isWhole: false });
});
