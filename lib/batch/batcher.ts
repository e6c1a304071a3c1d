import { cutRun, type RecordRun, sourceOf } from '../frame/record.ts';
import type { Rejection } from '../transform/rejection.ts';

/** A record on its way: as it will be sent, and as it stood in the source. */
export interface BatchRecord {
  /** First byte in the object. */
  readonly offset: number;
  /** One line of NDJSON, without the newline. */
  readonly body: Buffer;
  readonly raw: Buffer;
}

/** A record that will not be sent. */
export interface RejectedRecord {
  readonly offset: number;
  readonly raw: Buffer;
  /** `raw` is all of the record, not only its beginning. */
  readonly isWhole: boolean;
  readonly rejection: Rejection;
}

/** A record, or several that stand one behind another. */
export type BatchPart = BatchRecord | RecordRun;

/** Records of one request and the rejections found among them: everything between two places of the object. */
export interface Batch {
  readonly parts: readonly BatchPart[];
  /** How many records `parts` hold. */
  readonly records: number;
  readonly rejected: readonly RejectedRecord[];
  /** Uncompressed bytes of the body, newlines included. */
  readonly bytes: number;
  /** Where the source goes on after this batch. */
  readonly nextOffset: number;
}

export interface BatchLimits {
  readonly recordsPerBatch: number;
  readonly bytesPerBatch: number;
}

export interface Batcher {
  /** Takes a record; gives the batch that it fills, or the one before it if it does not fit any more. */
  add(record: BatchRecord | RejectedRecord, nextOffset: number): Batch | undefined;
  /** Takes a run; gives the batches that its records fill. */
  addRun(run: RecordRun): Batch[];
  /** What is left. */
  flush(): Batch | undefined;
}

/**
 * Gathers records into batches within the limits; a record larger than `bytesPerBatch` travels alone.
 * Rejections are held to the same limits, so a file of nothing but bad records stays bounded too.
 */
export const createBatcher = ({ recordsPerBatch, bytesPerBatch }: BatchLimits): Batcher => {
  let parts: BatchPart[] = [];
  let records = 0;
  let rejected: RejectedRecord[] = [];
  let bytes = 0;
  let rejectedBytes = 0;
  let nextOffset = 0;

  const flush = (): Batch | undefined => {
    if (records + rejected.length === 0) return undefined;
    const batch = { parts, records, rejected, bytes, nextOffset };
    parts = [];
    records = 0;
    rejected = [];
    bytes = 0;
    rejectedBytes = 0;
    return batch;
  };

  const isFull = (): boolean =>
    records >= recordsPerBatch ||
    rejected.length >= recordsPerBatch ||
    bytes >= bytesPerBatch ||
    rejectedBytes >= bytesPerBatch;

  const take = (run: RecordRun): void => {
    parts.push(run);
    records += run.ends.length;
    bytes += run.bytes.length;
    nextOffset = run.offset + sourceOf(run).bytes.length;
  };

  /** A record that is too large for any batch travels alone. */
  const addRun = (run: RecordRun): Batch[] => {
    const batches: Batch[] = [];
    for (let from = 0; from < run.ends.length; ) {
      const count =
        room(run, from, { records: recordsPerBatch - records, bytes: bytesPerBatch - bytes }) ||
        (records === 0 ? 1 : 0);
      if (count > 0) take(count === run.ends.length ? run : cutRun(run, from, from + count));
      from += count;
      const batch = count === 0 || isFull() ? flush() : undefined;
      if (batch) batches.push(batch);
    }
    return batches;
  };

  return {
    addRun,
    add: (record, recordEnd) => {
      const isSent = 'body' in record;
      const size = isSent ? record.body.length + 1 : 0;
      const overflowing = records > 0 && bytes + size > bytesPerBatch ? flush() : undefined;
      if (isSent) {
        parts.push(record);
        records += 1;
      } else {
        rejected.push(record);
        rejectedBytes += record.raw.length;
      }
      bytes += size;
      nextOffset = recordEnd;
      return overflowing ?? (isFull() ? flush() : undefined);
    },
    flush,
  };
};

/** How many records of a run, from index `from` on, there is room for. */
const room = (
  { ends }: RecordRun,
  from: number,
  left: { readonly records: number; readonly bytes: number },
): number => {
  const start = ends[from - 1] ?? 0;
  let to = Math.min(ends.length, from + left.records);
  while (to > from && ends[to - 1]! - start > left.bytes) to -= 1;
  return to - from;
};

/** A record of a batch as it stands in the source, counted from its first. @throws {RangeError} where it has none */
export const recordAt = ({ parts, records }: Batch, index: number): Pick<BatchRecord, 'offset' | 'raw'> => {
  let first = 0;
  for (const part of parts) {
    if (!('ends' in part)) {
      if (index === first) return part;
      first += 1;
    } else if (index - first < part.ends.length) return rawAt(part, index - first);
    else first += part.ends.length;
  }
  throw new RangeError(`A batch of ${records} records has no record ${index}.`);
};

const rawAt = (run: RecordRun, index: number): Pick<BatchRecord, 'offset' | 'raw'> => {
  const { bytes, ends } = sourceOf(run);
  const start = ends[index - 1] ?? 0;
  return { offset: run.offset + start, raw: bytes.subarray(start, ends[index]! - 1) };
};
