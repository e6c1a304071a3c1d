import type { Batch } from './batch/batcher.ts';
import type { RejectEntry, RejectsWriter } from './ledger/rejects.ts';
import type { ChunkMessage, Progress } from './plan/chunk.ts';
import { countReason, startProgress } from './plan/progress.ts';
import type { SendableBatch, SendResult } from './send/batch.ts';

/** How far a chunk came. Everything before `nextOffset` is accounted for in `progress`, and nothing after it. */
export interface ChunkAccount {
  readonly nextOffset: number;
  readonly progress: Progress;
}

export interface Tracker {
  /** Counts the wait for the source. */
  reading<T>(promise: Promise<T>): Promise<T>;
  /** Counts the time that a batch is compressed for. */
  encoding(batch: SendableBatch): SendableBatch;
  /** Counts the wait for room among the requests under way, and for their answers. */
  sending<T>(promise: Promise<T>): Promise<T>;
  /** Accounts for a batch; batches come in the order of the source. */
  commit(batch: Batch, result: SendResult): Promise<void>;
  /** @param nextOffset the end of the range, when all of it was read; else where the last commit ended */
  account(nextOffset?: number): ChunkAccount;
}

export interface TrackerOptions {
  readonly message: Pick<ChunkMessage, 'chunk' | 'offset' | 'range' | 'progress'>;
  readonly rejects: Pick<RejectsWriter, 'add'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Highest resident memory of this process so far. */
  readonly peakMB: () => number;
}

/** Keeps the account of a chunk, on top of what earlier senders of the same chunk have done. */
export const createTracker = ({ message, rejects, now, peakMB }: TrackerOptions): Tracker => {
  const beganMs = now();
  const progress = structuredClone(message.progress ?? startProgress(beganMs));
  let committedOffset = message.range.start;
  let throttleMs = 0;
  let requestMs = 0;
  let encodeMs = 0;
  let sourceMs = 0;
  let sendingMs = 0;

  const timed = async <T>(promise: Promise<T>, add: (ms: number) => void): Promise<T> => {
    const startMs = now();
    try {
      return await promise;
    } finally {
      add(now() - startMs);
    }
  };

  const commit = async (batch: Batch, result: SendResult): Promise<void> => {
    const rejections = rejectionsOf(batch, result);
    // Written down before anything is counted, so that a failure leaves the account as it was.
    for (const { offset, ...rejection } of rejections) {
      await rejects.add({ ...rejection, chunk: message.chunk, offset: message.offset + offset });
    }
    for (const { reason, message: text } of rejections) {
      countReason(progress.byReason, reason === 'API_REJECTED' ? `API_REJECTED: ${text}` : reason);
    }
    progress.records.read += batch.records.length + batch.rejected.length;
    progress.records.imported += result.imported;
    progress.records.rejected += rejections.length;
    addTransfer(progress, result);
    requestMs += result.waitMs.request;
    throttleMs += result.waitMs.pace;
    if (result.requests.throttled > 0) throttleMs += result.waitMs.backoff;
    else requestMs += result.waitMs.backoff;
    committedOffset = batch.nextOffset;
  };

  const encoding = (batch: SendableBatch): SendableBatch => ({
    ...batch,
    slice: (start, end) => encoding(batch.slice(start, end)),
    encode: () => timed(batch.encode(), (ms) => (encodeMs += ms)),
  });

  const account = (nextOffset = committedOffset): ChunkAccount => {
    // What a full set of requests was waiting for: gzip, answers or the quota, in the shares they took of each.
    const share = sendingMs / Math.max(1, encodeMs + requestMs + throttleMs);
    const ownMs = Math.max(0, now() - beganMs - sourceMs - sendingMs);
    progress.bytes.read += Math.max(0, Math.min(nextOffset, message.range.end) - message.range.start);
    progress.waitMs.source += sourceMs;
    progress.waitMs.throttle += throttleMs * share;
    progress.waitMs.request += requestMs * share;
    progress.waitMs.transform += ownMs + encodeMs * share;
    progress.peakMB = Math.max(progress.peakMB, peakMB());
    return { nextOffset, progress };
  };

  return {
    reading: (promise) => timed(promise, (ms) => (sourceMs += ms)),
    encoding,
    sending: (promise) => timed(promise, (ms) => (sendingMs += ms)),
    commit,
    account,
  };
};

/** Offsets count from the start of the object. */
const rejectionsOf = (batch: Batch, result: SendResult): Omit<RejectEntry, 'chunk'>[] => [
  ...batch.rejected.map(({ offset, raw, isWhole, rejection }) => ({
    offset,
    reason: rejection.code,
    message: rejection.message,
    raw,
    truncated: !isWhole,
  })),
  ...result.rejected.map(({ index, reason }) => {
    const { offset, raw } = batch.records[index]!;
    return { offset, reason: 'API_REJECTED', message: reason, raw, truncated: false };
  }),
];

const addTransfer = ({ bytes, requests }: Progress, result: SendResult): void => {
  bytes.sent += result.bytes.sent;
  bytes.compressed += result.bytes.compressed;
  requests.total += result.requests.total;
  requests.retried += result.requests.retried;
  requests.throttled += result.requests.throttled;
};
