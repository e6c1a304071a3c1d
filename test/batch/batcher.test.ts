import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Batch,
  type BatchLimits,
  type BatchRecord,
  createBatcher,
  type RejectedRecord,
  recordAt,
} from '../../lib/batch/batcher.ts';
import { reject } from '../../lib/transform/rejection.ts';

const record = (offset: number, bytes: number): BatchRecord => {
  const body = Buffer.alloc(bytes, 'x');
  return { offset, body, raw: body };
};

const rejected = (offset: number, bytes: number): RejectedRecord => ({
  offset,
  raw: Buffer.alloc(bytes, 'x'),
  isWhole: true,
  rejection: reject('INVALID_JSON', 'no'),
});

const batchesOf = (records: readonly (BatchRecord | RejectedRecord)[], limits: BatchLimits): Batch[] => {
  const batcher = createBatcher(limits);
  const batches = records.map((one) => batcher.add(one, one.offset + one.raw.length + 1));
  return [...batches, batcher.flush()].filter((batch) => batch !== undefined);
};

const runOf = (offset: number, lengths: readonly number[]) => {
  let end = 0;
  const ends = lengths.map((length) => {
    end += length;
    return end;
  });
  return { kind: 'run', offset, bytes: Buffer.alloc(end, 'x'), ends } as const;
};

/** Every record of a batch. */
const sentBy = (batch: Batch) => Array.from({ length: batch.records }, (_, index) => recordAt(batch, index));

describe('createBatcher', () => {
  it('keeps every record once, in order, within all limits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ bytes: fc.nat(60), isRejected: fc.boolean() }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 120 }),
        (shapes, recordsPerBatch, bytesPerBatch) => {
          let offset = 0;
          const records = shapes.map(({ bytes, isRejected }) => {
            const one = isRejected ? rejected(offset, bytes) : record(offset, bytes);
            offset += bytes + 1;
            return one;
          });
          const batches = batchesOf(records, { recordsPerBatch, bytesPerBatch });
          let at = 0;
          for (const batch of batches) {
            const records = sentBy(batch);
            const bytes = records.reduce((sum, { raw }) => sum + raw.length + 1, 0);
            expect(batch.bytes).toBe(bytes);
            expect(batch.records).toBeLessThanOrEqual(recordsPerBatch);
            expect(batch.rejected.length).toBeLessThanOrEqual(recordsPerBatch);
            expect(bytes <= bytesPerBatch || batch.records === 1).toBe(true);
            const inOrder = [...records, ...batch.rejected].toSorted((a, b) => a.offset - b.offset);
            expect(inOrder[0]!.offset).toBe(at);
            for (const one of inOrder) {
              expect(one.offset).toBe(at);
              at += one.raw.length + 1;
            }
            expect(batch.nextOffset).toBe(at);
          }
          expect(at).toBe(offset);
          expect(batches.flatMap((batch) => batch.parts)).toEqual(records.filter((one) => 'body' in one));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('cuts runs where batches are full, and keeps every record of them once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 2, max: 40 }), { minLength: 1, maxLength: 12 }), {
          maxLength: 8,
        }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 120 }),
        (shapes, recordsPerBatch, bytesPerBatch) => {
          const batcher = createBatcher({ recordsPerBatch, bytesPerBatch });
          let offset = 0;
          const batches = shapes.flatMap((lengths) => {
            const run = runOf(offset, lengths);
            offset += run.bytes.length;
            return batcher.addRun(run);
          });
          batches.push(...[batcher.flush()].filter((batch) => batch !== undefined));
          let at = 0;
          for (const batch of batches) {
            const records = sentBy(batch);
            for (const { offset: start, raw } of records) {
              expect(start).toBe(at);
              at += raw.length + 1;
            }
            expect(batch.nextOffset).toBe(at);
            expect(batch.bytes).toBe(records.reduce((sum, { raw }) => sum + raw.length + 1, 0));
            expect(records.length).toBeLessThanOrEqual(recordsPerBatch);
            expect(batch.bytes <= bytesPerBatch || records.length === 1).toBe(true);
          }
          expect(at).toBe(offset);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('counts lines as they are sent, and tells places and records as they are in the source', () => {
    const source = runOf(100, [10, 20, 30, 40]);
    const lines = runOf(0, [15, 15, 50, 5]);
    const batcher = createBatcher({ recordsPerBatch: 3, bytesPerBatch: 80 });
    const batches = [...batcher.addRun({ ...lines, offset: 100, source }), batcher.flush()!];
    expect(batches.map(({ records, bytes, nextOffset }) => ({ records, bytes, nextOffset }))).toEqual([
      { records: 3, bytes: 80, nextOffset: 160 },
      { records: 1, bytes: 5, nextOffset: 200 },
    ]);
    expect(batches.flatMap(sentBy).map(({ offset, raw }) => ({ offset, length: raw.length }))).toEqual([
      { offset: 100, length: 9 },
      { offset: 110, length: 19 },
      { offset: 130, length: 29 },
      { offset: 160, length: 39 },
    ]);
  });

  it('fills a batch to the last record and the last byte', () => {
    const sizes = (limits: BatchLimits) =>
      batchesOf(
        [9, 9, 9, 9].map((bytes, i) => record(i * 10, bytes)),
        limits,
      ).map(({ bytes }) => bytes);
    expect(sizes({ recordsPerBatch: 3, bytesPerBatch: 1_000 })).toEqual([30, 10]);
    expect(sizes({ recordsPerBatch: 100, bytesPerBatch: 20 })).toEqual([20, 20]);
    expect(sizes({ recordsPerBatch: 100, bytesPerBatch: 19 })).toEqual([10, 10, 10, 10]);
  });

  it('lets a record that is larger than a batch travel alone', () => {
    const records = [record(0, 5), record(6, 500), record(507, 5)];
    expect(batchesOf(records, { recordsPerBatch: 10, bytesPerBatch: 100 })).toMatchObject([
      { parts: [records[0]], nextOffset: 6 },
      { parts: [records[1]], nextOffset: 507 },
      { parts: [records[2]], nextOffset: 513 },
    ]);
  });

  it('gives a file of nothing but rejections in bounded batches', () => {
    const records = Array.from({ length: 10 }, (_, i) => rejected(i * 51, 50));
    const byBytes = batchesOf(records, { recordsPerBatch: 100, bytesPerBatch: 100 });
    expect(byBytes.map((batch) => batch.rejected.length)).toEqual([2, 2, 2, 2, 2]);
    const byCount = batchesOf(records, { recordsPerBatch: 4, bytesPerBatch: 10_000 });
    expect(byCount.map((batch) => batch.rejected.length)).toEqual([4, 4, 2]);
  });

  it('has nothing to flush at first, and nothing twice', () => {
    const batcher = createBatcher({ recordsPerBatch: 10, bytesPerBatch: 100 });
    expect(batcher.flush()).toBeUndefined();
    batcher.add(record(0, 1), 2);
    expect(batcher.flush()).toMatchObject({ bytes: 2, nextOffset: 2 });
    expect(batcher.flush()).toBeUndefined();
  });
});
