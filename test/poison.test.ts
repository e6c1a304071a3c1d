import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldReceipts } from '../lib/ledger/fold.ts';
import type { Receipt } from '../lib/ledger/receipt.ts';
import { type ChunkMessage, parseChunkMessage } from '../lib/plan/chunk.ts';
import { memorySource } from '../lib/read/memory.ts';
import { type SenderDependencies, sendChunk } from '../lib/sender.ts';
import { chunkMessage } from './chunk-message.ts';
import { type FakeClientOptions, fakeClient } from './fake-client.ts';
import { memoryAttempts, memoryParts, memoryRejects } from './in-memory-fleet.ts';
import { byNumber, mixedFile, numberOf, numbersOf } from './records.ts';

const RECEIVES_MAX = 5;
const DELIVERIES_MAX = 2_000;
const COUNT = 300;

const messageOf = (file: Buffer) =>
  chunkMessage(file.length, {
    recipe: { tuning: { compress: false, recordsPerBatch: 40, requestsInFlight: 2 } },
  });

/** A promise that stays open: what a killed process asked for never comes. */
const never = (): Promise<never> => new Promise(() => undefined);

interface Faults {
  readonly count?: number;
  /** Whether a sender that has these records in work is killed. */
  readonly kills: (numbers: readonly number[], delivery: number) => boolean;
  readonly before?: FakeClientOptions['before'];
}

/** Delivers a chunk until nothing is in the queue. A killed sender does nothing more; its message comes again. */
const deliver = async ({ kills, before, count = COUNT }: Faults) => {
  const file = mixedFile(count);
  const message = messageOf(file);
  let ids = 0;
  const queue = [{ messageId: `m-${ids}`, body: JSON.stringify(message), receiveCount: 0 }];
  const rejects = memoryRejects();
  const attempts = memoryAttempts();
  const receipts: Receipt[] = [];
  const dead: ChunkMessage[] = [];
  const accepted = new Set<number>();
  let deliveries = 0;

  const runOne = async ({
    messageId,
    body,
    receiveCount,
  }: (typeof queue)[number]): Promise<'done' | 'again'> => {
    const killed = Promise.withResolvers<'again'>();
    let isAlive = true;
    const alive = <A extends unknown[], R>(act: (...args: A) => Promise<R>) => {
      return (...args: A): Promise<R> => (isAlive ? act(...args) : never());
    };
    const delivery = deliveries;
    const client = fakeClient({
      before: async (lines, signal, watch) => {
        const numbers = lines.map(numberOf);
        if (kills(numbers, delivery)) {
          isAlive = false;
          killed.resolve('again');
          throw new Error('killed');
        }
        await before?.(lines, signal, watch);
        for (const number of numbers) accepted.add(number);
      },
    });
    const dependencies: SenderDependencies = {
      openSource: () => memorySource(file),
      openClient: async () => ({ ...client, close: async () => undefined }),
      sendReceipt: alive(async (receipt) => receipts.push(receipt)),
      continueChunk: alive(async (rest) =>
        queue.push({ messageId: `m-${++ids}`, body: JSON.stringify(rest), receiveCount: 0 }),
      ),
      rejects: { ...rejects.store, keep: alive(rejects.store.keep), settle: alive(rejects.store.settle) },
      responses: memoryParts('responses').store,
      attempts: { read: alive(attempts.read), write: alive(attempts.write) },
      now: () => 0,
      memory: { peakMB: () => 100, usedMB: () => 100, collect: () => undefined },
    };
    const times = { messageId, receiveCount, receiveCountMax: RECEIVES_MAX, remainingMs: () => 100_000 };
    const sent = sendChunk(parseChunkMessage(body), times, dependencies);
    return Promise.race([
      sent.then(
        () => 'done' as const,
        () => 'again' as const,
      ),
      killed.promise,
    ]);
  };

  for (let next = queue.shift(); next && deliveries < DELIVERIES_MAX; next = queue.shift()) {
    deliveries += 1;
    const again = { ...next, receiveCount: next.receiveCount + 1 };
    if ((await runOne(again)) === 'done') continue;
    if (again.receiveCount < RECEIVES_MAX) queue.push(again);
    else dead.push(parseChunkMessage(next.body));
  }
  const planned: Receipt = { ...message, kind: 'planned', atMs: 0, chunks: 1 };
  const report = foldReceipts(undefined, [planned, ...receipts]);
  return { report, rejects: rejects.entries(), dead, accepted: [...accepted].toSorted(byNumber), deliveries };
};

const { good, bad } = numbersOf(COUNT);

describe('a chunk whose senders are killed', () => {
  it('loses the records that do it, and no other', async () => {
    const poisons = fc.uniqueArray(fc.constantFrom(...good), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(poisons, async (poison) => {
        const { report, rejects, dead, accepted } = await deliver({
          kills: (numbers) => numbers.some((number) => poison.includes(number)),
        });
        expect(dead).toEqual([]);
        expect(accepted).toEqual(good.filter((number) => !poison.includes(number)));
        const killed = rejects.filter(({ reason }) => reason === 'SENDER_KILLED');
        expect(
          killed.map(({ raw }) => JSON.parse(raw)).map(({ n, properties }) => n ?? properties.n),
        ).toEqual(poison.toSorted(byNumber));
        expect(rejects).toHaveLength(poison.length + bad.length);
        expect(report).toMatchObject({
          state: 'complete',
          records: {
            read: good.length + bad.length,
            imported: good.length - poison.length,
            rejected: bad.length + poison.length,
          },
        });
      }),
      { numRuns: 15 },
    );
  });

  it('loses nothing where too much at a time was the cause', async () => {
    const { report, accepted, dead } = await deliver({ kills: (numbers) => numbers.length > 9 });
    expect(dead).toEqual([]);
    expect(accepted).toEqual(good);
    expect(report.records.rejected).toBe(bad.length);
  });

  it('loses nothing where it was bad luck', async () => {
    const { report, accepted, dead, deliveries } = await deliver({ kills: (_, delivery) => delivery <= 2 });
    expect(dead).toEqual([]);
    expect(accepted).toEqual(good);
    expect(report.records.rejected).toBe(bad.length);
    expect(deliveries).toBeLessThan(40);
  });

  it('is back to whole runs soon after kills by bad luck', async () => {
    const unlucky = new Set([0, 1, 2, 3, 4, 5, 6, 7].map((i) => i * 2));
    const { report, dead, accepted, deliveries } = await deliver({
      kills: (_, delivery) => unlucky.has(delivery),
      count: 3_000,
    });
    expect(dead).toEqual([]);
    expect(report.records.rejected).toBe(numbersOf(3_000).bad.length);
    expect(accepted).toEqual(numbersOf(3_000).good);
    expect(deliveries).toBeLessThan(120);
  });

  it('is given up where its records are not to blame', async () => {
    const { dead, rejects } = await deliver({ kills: () => true });
    const progress = { byReason: { SENDER_KILLED: 10 } };
    expect(dead).toMatchObject([{ chunk: 0, trial: { suspects: 1 }, progress }]);
    expect(rejects).toEqual([]);
  });

  it('is not divided for failures that its senders survive', async () => {
    const { dead, deliveries, rejects } = await deliver({
      kills: () => false,
      before: () => Promise.reject(new Error('unavailable')),
    });
    expect(deliveries).toBe(RECEIVES_MAX);
    expect(dead).toMatchObject([{ chunk: 0 }]);
    expect(dead[0]).not.toHaveProperty('trial');
    expect(rejects.filter(({ reason }) => reason === 'SENDER_KILLED')).toEqual([]);
  });
});
