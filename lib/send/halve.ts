import type { RejectedRecord, SendableBatch, SendResult } from './batch.ts';
import type { Delivered } from './deliver.ts';

/** What became of every record of a batch. */
export type Outcome = Pick<SendResult, 'imported' | 'rejected'>;

/**
 * Settles every record of a batch, by halving it as long as the API refuses some records without saying which, or
 * finds the body too large. `bad` records of `records` cost at most `2 × bad × log2(records)` requests more;
 * records of a refused batch that did arrive are sent twice, and count once by their `$insert_id`.
 *
 * @param deliverPart sends one part; after it has failed once it must fail at once for all other parts
 * @throws what `deliverPart` throws, once nothing is under way any more
 */
export const settle = async (
  batch: SendableBatch,
  deliverPart: (part: SendableBatch) => Promise<Delivered>,
): Promise<Outcome> => {
  if (batch.records === 0) return { imported: 0, rejected: [] };
  const delivered = await deliverPart(batch);
  switch (delivered.kind) {
    case 'accepted':
      return delivered;
    case 'reject-batch':
      return settleReadable(batch, delivered.reason, deliverPart);
    case 'split':
      return settleHalves(batch, deliverPart);
  }
};

const settleReadable = async (
  batch: SendableBatch,
  reason: string,
  deliverPart: (part: SendableBatch) => Promise<Delivered>,
): Promise<Outcome> => {
  const readable = batch.readable?.();
  if (!readable) return { imported: 0, rejected: rejectAll(batch.records, reason) };
  const { imported, rejected } = await settle(readable.batch, deliverPart);
  const inBatch = rejected.map((record) => ({ ...record, index: readable.indices[record.index]! }));
  return { imported, rejected: [...readable.broken, ...inBatch].toSorted((a, b) => a.index - b.index) };
};

const rejectAll = (records: number, reason: string): readonly RejectedRecord[] =>
  Array.from({ length: records }, (_, index) => ({ index, reason }));

const settleHalves: typeof settle = async (batch, deliverPart) => {
  const middle = Math.ceil(batch.records / 2);
  const halves = [batch.slice(0, middle), batch.slice(middle, batch.records)];
  const settled = await Promise.allSettled(halves.map((half) => settle(half, deliverPart)));
  const [left, right] = settled.map(valueOrThrow) as [Outcome, Outcome];
  return {
    imported: left.imported + right.imported,
    rejected: [
      ...left.rejected,
      ...right.rejected.map((record) => ({ ...record, index: record.index + middle })),
    ],
  };
};

const valueOrThrow = <T>(result: PromiseSettledResult<T>): T => {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
};
