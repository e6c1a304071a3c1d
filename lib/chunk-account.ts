import { type Batch, recordAt } from './batch/batcher.ts';
import type { RejectEntry, RejectsWriter } from './ledger/rejects.ts';
import type { ChunkMessage, Progress } from './plan/chunk.ts';
import { bytesBefore } from './plan/place.ts';
import { addCounts, countReason, startProgress } from './plan/progress.ts';
import type { SendResult } from './send/batch.ts';
import type { StageClock } from './stage-clock.ts';

/** How far a chunk came. Everything before `nextOffset` is accounted for in `progress`, and nothing after it. */
export interface ChunkAccount {
  readonly nextOffset: number;
  readonly progress: Progress;
}

export interface Tracker {
  /** Accounts for a batch; batches come in the order of the source. */
  commit(batch: Batch, result: SendResult): Promise<void>;
  /** @param nextOffset the end of the range, when all of it was read; else where the last commit ended */
  account(nextOffset?: number): ChunkAccount;
}

export interface TrackerOptions {
  readonly message: Pick<
    ChunkMessage,
    'chunk' | 'entry' | 'offset' | 'object' | 'range' | 'rows' | 'progress'
  >;
  readonly rejects: Pick<RejectsWriter, 'add'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly clock: Pick<StageClock, 'spent'>;
  /** Highest resident memory of this process so far. */
  readonly peakMB: () => number;
}

/** Keeps the account of a chunk, on top of what earlier senders of the same chunk have done. */
export const createTracker = ({ message, rejects, now, clock, peakMB }: TrackerOptions): Tracker => {
  const progress = structuredClone(message.progress ?? startProgress(now()));
  let committedOffset = message.range.start;

  const commit = async (batch: Batch, result: SendResult): Promise<void> => {
    const rejections = rejectionsOf(batch, result);
    // Written down before anything is counted, so that a failure leaves the account as it was.
    for (const { offset, ...rejection } of rejections) {
      await rejects.add({ ...rejection, ...placeOf(message, offset) });
    }
    for (const { reason, message: text } of rejections) {
      countReason(progress.byReason, reason === 'API_REJECTED' ? `API_REJECTED: ${text}` : reason);
    }
    progress.records.read += batch.records + batch.rejected.length;
    progress.records.imported += result.imported;
    progress.records.rejected += rejections.length;
    addTransfer(progress, result);
    committedOffset = batch.nextOffset;
  };

  const account = (nextOffset = committedOffset): ChunkAccount => {
    const { stageMs, choppyMs } = clock.spent();
    progress.bytes.read += bytesOf(message, nextOffset);
    addCounts(progress.stageMs, stageMs);
    progress.choppyMs += choppyMs;
    progress.peakMB = Math.max(progress.peakMB, peakMB());
    return { nextOffset, progress };
  };

  return { commit, account };
};

/** Bytes of the object from where the range starts to `nextOffset`, which may lie behind its end. */
const bytesOf = ({ range, ...rest }: TrackerOptions['message'], nextOffset: number): number => {
  const end = Math.max(range.start, Math.min(nextOffset, range.end));
  return bytesBefore(end, rest) - bytesBefore(range.start, rest);
};

const placeOf = ({ chunk, entry, offset }: TrackerOptions['message'], ofObject: number) => ({
  chunk,
  entry: entry?.name,
  offset: offset + ofObject,
});

/** Offsets count from the start of the object. */
const rejectionsOf = (batch: Batch, result: SendResult): Omit<RejectEntry, 'chunk' | 'entry'>[] => [
  ...batch.rejected.map(({ offset, raw, isWhole, rejection }) => ({
    offset,
    reason: rejection.code,
    message: rejection.message,
    raw,
    truncated: !isWhole,
  })),
  ...result.rejected.map(({ index, reason }) => {
    const { offset, raw } = recordAt(batch, index);
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
