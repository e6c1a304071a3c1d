import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldReceipts } from '../lib/ledger/fold.ts';
import type { Receipt } from '../lib/ledger/receipt.ts';
import { type ChunkMessage, parseChunkMessage } from '../lib/plan/chunk.ts';
import { memorySource } from '../lib/read/memory.ts';
import { type SenderDependencies, sendChunk } from '../lib/sender.ts';
import { chunkMessage } from './chunk-message.ts';
import { type FakeClientOptions, fakeClient } from './fake-client.ts';
import { flat, parquetFile } from './frame/parquet/parquet-files.ts';
import { memoryAttempts, memoryOutcomes } from './in-memory-fleet.ts';
import { byNumber, mixedFile, numberOf, numbersOf } from './records.ts';

const RECEIVES_MAX = 5;
const DELIVERIES_MAX = 2_000;
const COUNT = 300;

const messageOf = (file: Buffer, overrides: Partial<ChunkMessage> = {}): ChunkMessage => ({
  ...chunkMessage(file.length, {
    recipe: { tuning: { compress: false, recordsPerBatch: 40, requestsInFlight: 2 } },
  }),
  ...overrides,
});

const linesOf = (count: number) => {
  const file = mixedFile(count);
  return { file, message: messageOf(file) };
};

/** The rows 100 to 400 of 500, in row groups of 90. Every eleventh has no time. */
const rowsOfParquet = () => {
  const rows = [...Array(500).keys()];
  const file = parquetFile(
    [
      flat(
        { name: 'event', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
        rows.map(() => 'row'),
      ),
      flat(
        { name: 'time', type: 'INT32' },
        rows.map((n) => (n % 11 === 3 ? undefined : 1_700_000_000)),
      ),
      flat(
        { name: 'distinct_id', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
        rows.map(() => 'u'),
      ),
      flat({ name: 'n', type: 'INT32' }, rows),
    ],
    { rowGroupSize: 90 },
  );
  const range = { start: 100, end: 400 };
  const source = {
    uri: 's3://inbox/a.parquet',
    bytes: file.length,
    format: 'parquet',
    compression: 'none',
  } as const;
  return { file, message: messageOf(file, { source, range, borders: 'rows', rows: 500 }) };
};

/** A promise that stays open: what a killed process asked for never comes. */
const never = (): Promise<never> => new Promise(() => undefined);

interface Faults {
  readonly count?: number;
  /** What is imported; unless set, a file of lines. */
  readonly source?: { readonly file: Buffer; readonly message: ChunkMessage };
  /** Whether a sender that has these records in work is killed. */
  readonly kills: (numbers: readonly number[], delivery: number) => boolean;
  readonly before?: FakeClientOptions['before'];
}

/** Delivers a chunk until nothing is in the queue. A killed sender does nothing more; its message comes again. */
const deliver = async ({ kills, before, count = COUNT, source = linesOf(count) }: Faults) => {
  const { file, message } = source;
  let ids = 0;
  const queue = [{ messageId: `m-${ids}`, body: JSON.stringify(message), receiveCount: 0 }];
  const { store, rejects } = memoryOutcomes();
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
      outcomes: { ...store, keep: alive(store.keep), settle: alive(store.settle) },
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

describe('a range of rows whose senders are killed', () => {
  const inRange = Array.from({ length: 300 }, (_, at) => 100 + at);
  const goodRows = inRange.filter((n) => n % 11 !== 3);

  it('loses the rows that do it, and no other, and reads its part of the file', async () => {
    const poison = [143, 257, 258];
    const source = rowsOfParquet();
    const { report, rejects, dead, accepted } = await deliver({
      source,
      kills: (numbers) => numbers.some((number) => poison.includes(number)),
    });
    expect(dead).toEqual([]);
    expect(accepted).toEqual(goodRows.filter((n) => !poison.includes(n)));
    const killed = rejects.filter(({ reason }) => reason === 'SENDER_KILLED');
    expect(killed.map(({ place }) => place.offset)).toEqual(poison);
    expect(report).toMatchObject({
      state: 'complete',
      records: { read: 300, imported: goodRows.length - 3, rejected: 300 - goodRows.length + 3 },
    });
    const bytesOf = (row: number) => Math.floor((row / 500) * source.file.length);
    expect(report.bytes.read).toBe(bytesOf(400) - bytesOf(100));
  });

  it('loses nothing where it was bad luck', async () => {
    const { report, accepted, dead } = await deliver({
      source: rowsOfParquet(),
      kills: (_, delivery) => delivery % 3 === 0 && delivery < 20,
    });
    expect(dead).toEqual([]);
    expect(accepted).toEqual(goodRows);
    expect(report.records.read).toBe(300);
  });
});
