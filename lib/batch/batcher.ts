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

/** Records of one request and the rejections found among them: everything between two places of the object. */
export interface Batch {
  readonly records: readonly BatchRecord[];
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
  /** What is left. */
  flush(): Batch | undefined;
}

/**
 * Gathers records into batches within the limits; a record larger than `bytesPerBatch` travels alone.
 * Rejections are held to the same limits, so a file of nothing but bad records stays bounded too.
 */
export const createBatcher = ({ recordsPerBatch, bytesPerBatch }: BatchLimits): Batcher => {
  let records: BatchRecord[] = [];
  let rejected: RejectedRecord[] = [];
  let bytes = 0;
  let rejectedBytes = 0;
  let nextOffset = 0;

  const flush = (): Batch | undefined => {
    if (records.length + rejected.length === 0) return undefined;
    const batch = { records, rejected, bytes, nextOffset };
    records = [];
    rejected = [];
    bytes = 0;
    rejectedBytes = 0;
    return batch;
  };

  const isFull = (): boolean =>
    records.length >= recordsPerBatch ||
    rejected.length >= recordsPerBatch ||
    bytes >= bytesPerBatch ||
    rejectedBytes >= bytesPerBatch;

  return {
    add: (record, recordEnd) => {
      const isSent = 'body' in record;
      const size = isSent ? record.body.length + 1 : 0;
      const overflowing = records.length > 0 && bytes + size > bytesPerBatch ? flush() : undefined;
      if (isSent) records.push(record);
      else {
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
