import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SendableBatch } from '../../lib/send/batch.ts';
import type { Delivered } from '../../lib/send/deliver.ts';
import { settle } from '../../lib/send/halve.ts';
import { readResponse } from '../../lib/send/response.ts';

/** A run of records; `start` is the first one's index in the whole batch. */
interface Run extends SendableBatch {
  readonly start: number;
}

const run = (start: number, end: number): Run => ({
  start,
  records: end - start,
  slice: (from, to) => run(start + from, start + to),
  encode: () => Promise.reject(new Error('not sent in this test')),
});

type Body = Readonly<Record<string, unknown>>;

/** An API that refuses these records; `listed` writes `failed_records` in its manner. */
const fakeApi = (bad: ReadonlySet<number>, listed: (indexes: readonly number[]) => readonly unknown[]) => {
  const imported = new Set<number>();
  const requests: number[] = [];
  const deliver = async (part: SendableBatch): Promise<Delivered> => {
    const { start, records } = part as Run;
    requests.push(records);
    const indexes = Array.from({ length: records }, (_, index) => index);
    const failed = indexes.filter((index) => bad.has(start + index));
    for (const index of indexes) if (!bad.has(start + index)) imported.add(start + index);
    const counts = { num_records_imported: records - failed.length };
    const body: Body = failed.length === 0 ? counts : { ...counts, failed_records: listed(failed) };
    return readResponse({
      status: failed.length === 0 ? 200 : 400,
      headers: {},
      bodyText: JSON.stringify(body),
      recordsSent: records,
      nowMs: 0,
    }) as Delivered;
  };
  return { deliver, imported, requests };
};

const batches = fc
  .integer({ min: 1, max: 2_000 })
  .chain((records) =>
    fc.record({ records: fc.constant(records), bad: fc.uniqueArray(fc.nat(records - 1), { maxLength: 40 }) }),
  );

const manners: Record<string, (indexes: readonly number[]) => readonly unknown[]> = {
  'as strings': (indexes) => indexes.map(() => 'identity events are not allowed'),
  'as objects': (indexes) => indexes.map((index) => ({ index, message: 'bad' })),
  'without index': (indexes) => indexes.map(() => ({ message: 'bad' })),
  'with one index only': (indexes) => indexes.map(() => ({ index: indexes[0], message: 'bad' })),
  'as one item only': (indexes) => [{ index: indexes[0], message: 'bad' }],
  'with indexes past the end': (indexes) =>
    indexes.map((index) => ({ index: index + 2_000, message: 'bad' })),
};

describe('settle', () => {
  it.each(Object.entries(manners))(
    'rejects exactly the bad records when they are listed %s',
    async (_, listed) => {
      await fc.assert(
        fc.asyncProperty(batches, async ({ records, bad }) => {
          const api = fakeApi(new Set(bad), listed);
          const outcome = await settle(run(0, records), api.deliver);
          expect(outcome.rejected.map(({ index }) => index)).toEqual(bad.toSorted((a, b) => a - b));
          expect(outcome.imported).toBe(records - bad.length);
          expect(api.imported.size).toBe(records - bad.length);
          const halvings = bad.length * Math.ceil(Math.log2(records));
          expect(api.requests.length).toBeLessThanOrEqual(1 + 2 * halvings);
        }),
        { numRuns: 60 },
      );
    },
  );

  it('asks once when every record is refused by a string', async () => {
    const api = fakeApi(new Set([0, 1, 2, 3]), (indexes) => indexes.map((index) => `bad ${index}`));
    const { rejected } = await settle(run(0, 4), api.deliver);
    expect(rejected.map(({ reason }) => reason)).toEqual(['bad 0', 'bad 1', 'bad 2', 'bad 3']);
    expect(api.requests).toEqual([4]);
  });

  it('rejects each record of a refused batch', async () => {
    const deliver = async (): Promise<Delivered> => ({ kind: 'reject-batch', reason: 'no' });
    expect(await settle(run(0, 3), deliver)).toEqual({
      imported: 0,
      rejected: [0, 1, 2].map((index) => ({ index, reason: 'no' })),
    });
  });

  it('sends nothing for no records', async () => {
    const api = fakeApi(new Set(), () => []);
    expect(await settle(run(0, 0), api.deliver)).toEqual({ imported: 0, rejected: [] });
    expect(api.requests).toEqual([]);
  });

  it('fails with the first failure, once both halves have ended', async () => {
    const ended: number[] = [];
    const deliver = async (part: SendableBatch): Promise<Delivered> => {
      const { start, records } = part as Run;
      if (records === 4) return { kind: 'split', reason: 'which?' };
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(start);
      throw new Error(`half at ${start}`);
    };
    await expect(settle(run(0, 4), deliver)).rejects.toThrow('half at 0');
    expect(ended).toEqual([0, 2]);
  });
});
