import type { Batch } from './batch/batcher.ts';
import type { RejectEntry, RejectsWriter } from './ledger/rejects.ts';
import type { ChunkMessage, Progress } from './plan/chunk.ts';
import { countReason, startProgress } from './plan/progress.ts';
import type { SendResult } from './send/batch.ts';

/** How far a chunk came. Everything before `nextOffset` is accounted for in `progress`, and nothing after it. */
export interface ChunkAccount {
  readonly nextOffset: number;
  readonly progress: Progress;
}

export interface Tracker {
  /** Counts the wait for the source. */
  reading<T>(promise: Promise<T>): Promise<T>;
  /** Counts the wait for answers. */
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
  let backoffMs = 0;
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

  const addReject = (entry: Omit<RejectEntry, 'chunk' | 'offset'>, offset: number): Promise<void> => {
    progress.records.rejected += 1;
    const isTheApis = entry.reason === 'API_REJECTED';
    countReason(progress.byReason, isTheApis ? `API_REJECTED: ${entry.message}` : entry.reason);
    return rejects.add({ ...entry, chunk: message.chunk, offset: message.offset + offset });
  };

  const commit = async (batch: Batch, result: SendResult): Promise<void> => {
    progress.records.read += batch.records.length + batch.rejected.length;
    progress.records.imported += result.imported;
    addTransfer(progress, result);
    if (result.requests.throttled > 0) backoffMs += result.waitMs.backoff;
    for (const { offset, raw, isWhole, rejection } of batch.rejected) {
      await addReject(
        { reason: rejection.code, message: rejection.message, raw, truncated: !isWhole },
        offset,
      );
    }
    for (const { index, reason } of result.rejected) {
      const { offset, raw } = batch.records[index]!;
      await addReject({ reason: 'API_REJECTED', message: reason, raw, truncated: false }, offset);
    }
    committedOffset = batch.nextOffset;
  };

  const account = (nextOffset = committedOffset): ChunkAccount => {
    const throttleMs = Math.min(backoffMs, sendingMs);
    progress.bytes.read += nextOffset - message.range.start;
    progress.waitMs.source += sourceMs;
    progress.waitMs.throttle += throttleMs;
    progress.waitMs.request += sendingMs - throttleMs;
    progress.waitMs.transform += Math.max(0, now() - beganMs - sourceMs - sendingMs);
    progress.peakMB = Math.max(progress.peakMB, peakMB());
    return { nextOffset, progress };
  };

  return {
    reading: (promise) => timed(promise, (ms) => (sourceMs += ms)),
    sending: (promise) => timed(promise, (ms) => (sendingMs += ms)),
    commit,
    account,
  };
};

const addTransfer = ({ bytes, requests }: Progress, result: SendResult): void => {
  bytes.sent += result.bytes.sent;
  bytes.compressed += result.bytes.compressed;
  requests.total += result.requests.total;
  requests.retried += result.requests.retried;
  requests.throttled += result.requests.throttled;
};
