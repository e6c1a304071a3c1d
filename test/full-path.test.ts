import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldReceipts } from '../lib/ledger/fold.ts';
import type { RecipeInput } from '../lib/recipe/schema.ts';
import { splitObject } from '../lib/splitter.ts';
import { fakeClient } from './fake-client.ts';
import { inMemoryCloud } from './in-memory-cloud.ts';
import { runFleet } from './in-memory-fleet.ts';
import { byNumber, mixedFile, numberOf, numbersOf } from './records.ts';

interface Case {
  readonly body: Buffer;
  readonly key: string;
  readonly count: number;
  readonly tuning: NonNullable<RecipeInput['tuning']>;
  /** The notification comes so often. */
  readonly deliveries?: number;
  readonly failingSends?: readonly number[];
  readonly sendsPerRun?: number;
}

/** From a notification to the report, with the functions' own code and everything around it in memory. */
const importFile = async ({
  body,
  key,
  tuning,
  deliveries = 1,
  failingSends = [],
  sendsPerRun = 50,
}: Case) => {
  const cloud = inMemoryCloud(body, { tuning: { compress: false, ...tuning } });
  const created = { bucket: 'inbox', key, etag: 'e1', sequencer: '1' };
  for (let i = 0; i < deliveries; i++) await splitObject(created, cloud.dependencies);
  let sends = 0;
  const client = fakeClient({
    before: async () => {
      if (failingSends.includes(++sends)) throw new Error('unavailable');
    },
    refuse: (line) => (numberOf(line) % 19 === 0 ? 'refused' : undefined),
  });
  const fleet = await runFleet(cloud.chunks, {
    openSource: cloud.openSource,
    client,
    remainingMs: () => 1_000_000 - ((sends % sendsPerRun) / sendsPerRun) * 900_000,
  });
  const report = foldReceipts(undefined, [...cloud.receipts, ...fleet.receipts]);
  return { report, sent: client.received.flat(), ...fleet };
};

const checkAccount = async (one: Case): Promise<void> => {
  const { report, sent, rejects, dead } = await importFile(one);
  const { good, bad } = numbersOf(one.count);
  const refused = good.filter((n) => n % 19 === 0);
  expect(dead).toEqual([]);
  expect([...new Set(sent.map(numberOf))].toSorted(byNumber)).toEqual(good);
  expect(report).toMatchObject({
    state: 'complete',
    records: {
      read: good.length + bad.length,
      imported: good.length - refused.length,
      rejected: bad.length + refused.length,
      filtered: 0,
    },
    failures: [],
  });
  expect(rejects.length).toBe(report.records.rejected);
  const source = mixedFile(one.count);
  for (const { place, raw } of rejects)
    expect(source.subarray(place.offset, place.offset + Buffer.byteLength(raw)).toString()).toBe(raw);
};

const tuning = fc.record({
  chunkBytes: fc.integer({ min: 4_096, max: 20_000 }),
  recordsPerBatch: fc.integer({ min: 1, max: 40 }),
  requestsInFlight: fc.integer({ min: 1, max: 4 }),
  recordBytesMax: fc.constant(1_024),
});
const count = fc.nat(600);
const failingSends = fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 4 });

describe('from a notification to the report', () => {
  it('accounts for every record of a plain file once', async () => {
    await fc.assert(
      fc.asyncProperty(count, fc.boolean(), tuning, failingSends, (n, lastNewline, knobs, fails) =>
        checkAccount({
          body: mixedFile(n, { lastNewline }),
          key: 'a.jsonl',
          count: n,
          tuning: knobs,
          failingSends: fails,
          sendsPerRun: 7,
        }),
      ),
      { numRuns: 40 },
    );
  });

  it('accounts for every record of a gzipped file once, of one member or several', async () => {
    await fc.assert(
      fc.asyncProperty(
        count,
        fc.array(fc.nat(50_000), { maxLength: 3 }),
        tuning,
        failingSends,
        (n, cuts, knobs, fails) => {
          const plain = mixedFile(n);
          const places = [0, ...cuts.map((cut) => cut % (plain.length + 1)), plain.length].toSorted(byNumber);
          const members = places.slice(1).map((end, i) => gzipSync(plain.subarray(places[i], end)));
          return checkAccount({
            body: Buffer.concat(members),
            key: 'a.jsonl.gz',
            count: n,
            tuning: knobs,
            failingSends: fails,
            sendsPerRun: 7,
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each([
    ['plain', 'a.jsonl', mixedFile(500)],
    ['gzipped', 'a.jsonl.gz', gzipSync(mixedFile(500))],
  ])('counts nothing twice when the notification comes twice: %s', async (_, key, body) => {
    const one = { body, key, count: 500, tuning: { chunkBytes: 5_000 } };
    const once = await importFile(one);
    const twice = await importFile({ ...one, deliveries: 2 });
    expect(twice.report).toEqual(once.report);
    expect(twice.rejects).toEqual(once.rejects);
    expect(twice.sent).toEqual([...once.sent, ...once.sent]);
    expect(once.report.chunks.done).toBeGreaterThan(3);
  });

  it('sends the same bytes of a record in every run, so that a resend is harmless', async () => {
    const one = { body: mixedFile(300), key: 'a.jsonl', count: 300, tuning: { recordsPerBatch: 5 } };
    const plain = await importFile(one);
    const broken = await importFile({ ...one, failingSends: [3, 9, 20], sendsPerRun: 6 });
    expect(broken.sent.length).toBeGreaterThanOrEqual(plain.sent.length);
    expect(broken.receipts).toMatchObject([{ progress: { continuations: expect.any(Number) } }]);
    expect(JSON.stringify(broken.receipts)).not.toContain('"continuations":0');
    expect([...new Set(broken.sent)].toSorted()).toEqual(plain.sent.toSorted());
  });
});
