import { chunkBytesFor } from '../plan/ranges.ts';
import type { Tuning } from '../recipe/schema.ts';
import type { ReadingLoad } from './reading-load.ts';

/** What a gzip source is staged in, unless `chunkBytes` says otherwise, and at most. */
const STAGED_BYTES_DEFAULT = 16 * 1024 * 1024;
const STAGED_BYTES_MAX = 32 * 1024 * 1024;
const SQS_REQUEST_BYTES = 64 * 1024;
/** A chunk message carries the recipe; ten of them are sent at once, received and deleted one by one. */
const CHUNK_MESSAGE_BYTES = 3 * 1024;
const SEND_BATCH = 10;
/** The ledger folds what has come in two seconds, or 500 receipts, with one read and one write of the report. */
const FOLD_SECONDS = 2;
const FOLD_RECEIPTS = 500;
/** Share of a sender's time after which it stops reading and hands the rest of its chunk on. */
const READING_SHARE = 0.75;

/** What is to be imported. */
export interface Workload {
  /** Files or objects; they are taken to be of one size. */
  readonly sources: number;
  /** Of all sources together, decompressed. */
  readonly sourceBytes: number;
  readonly records: number;
  /** Average record as it is sent, its newline included. */
  readonly recordBytes: number;
  /** Uncompressed bytes per compressed byte, at gzip level 6. */
  readonly ratioAtLevel6: number;
  /** The same at other levels, where it was measured. */
  readonly ratios?: Readonly<Record<number, number>> | undefined;
  /** A compressed source is read through by the splitter and staged in the Work bucket. */
  readonly isStaged: boolean;
  /** Default: events as lines of JSON, sent as they are. */
  readonly reading?: ReadingLoad;
}

export interface Batches {
  readonly recordsPerBatch: number;
  readonly batchBytes: number;
  readonly chunks: number;
  readonly chunkBytes: number;
  readonly recordsPerChunk: number;
  readonly requests: number;
}

/** How records fall into batches and chunks; a batch never spans two chunks. */
export const batchesOf = (
  { sources, sourceBytes, records, recordBytes, isStaged }: Workload,
  tuning: Tuning,
): Batches => {
  const fitting = Math.max(1, Math.floor(tuning.bytesPerBatch / recordBytes));
  const recordsPerBatch = Math.min(tuning.recordsPerBatch, fitting);
  const chunkBytes = isStaged
    ? Math.min(tuning.chunkBytes ?? STAGED_BYTES_DEFAULT, STAGED_BYTES_MAX)
    : chunkBytesFor(sourceBytes / sources, tuning);
  const chunks = sources * Math.ceil(sourceBytes / sources / chunkBytes);
  const recordsPerChunk = records / Math.max(1, chunks);
  return {
    recordsPerBatch,
    batchBytes: recordsPerBatch * recordBytes,
    chunks,
    chunkBytes,
    recordsPerChunk,
    requests: chunks * Math.ceil(recordsPerChunk / recordsPerBatch),
  };
};

/** What the services are asked for. */
export interface ServiceCalls {
  readonly messages: number;
  /** Each 64 KiB of a call is one. */
  readonly sqsRequests: number;
  readonly invocations: number;
  /** Writes of the report. */
  readonly folds: number;
  readonly s3Gets: number;
  readonly s3Puts: number;
}

export interface CallsOptions {
  readonly chunks: number;
  readonly isStaged: boolean;
  /** From the first record to the last. */
  readonly seconds: number;
  /** What one chunk takes one sender. */
  readonly chunkSeconds: number;
  /** After which a sender is stopped. */
  readonly timeoutSeconds: number;
}

/** Chunk messages and receipts are each sent, received and deleted; each run of a sender reads its range once. */
export const serviceCalls = (options: CallsOptions): ServiceCalls => {
  const { chunks, isStaged, seconds, chunkSeconds, timeoutSeconds } = options;
  const runsPerChunk = Math.max(1, Math.ceil(chunkSeconds / (timeoutSeconds * READING_SHARE)));
  const runs = chunks * runsPerChunk;
  const receipts = chunks + 2;
  const sends =
    Math.ceil(runs / SEND_BATCH) * Math.ceil((SEND_BATCH * CHUNK_MESSAGE_BYTES) / SQS_REQUEST_BYTES);
  const folds = Math.min(
    receipts,
    Math.max(Math.ceil(seconds / FOLD_SECONDS), Math.ceil(receipts / FOLD_RECEIPTS)),
  );
  return {
    messages: 1 + runs + receipts,
    sqsRequests: 3 + sends + 2 * runs + 3 * receipts,
    invocations: 1 + runs + folds,
    folds,
    s3Gets: 1 + runs + folds + (isStaged ? 1 : 0),
    s3Puts: folds + (isStaged ? chunks : 0),
  };
};
