import { describe, expect, it } from 'vitest';
import type { Batch } from '../lib/batch/batcher.ts';
import { createTracker } from '../lib/chunk-account.ts';
import type { RejectEntry } from '../lib/ledger/rejects.ts';
import { startProgress } from '../lib/plan/progress.ts';
import { noTime } from '../lib/plan/stage-times.ts';
import type { SendResult } from '../lib/send/batch.ts';
import { reject } from '../lib/transform/rejection.ts';
import { chunkMessage } from './chunk-message.ts';

const raw = Buffer.from('{}');

const batch = (nextOffset: number, records = 2, rejected = 0): Batch => ({
  parts: Array.from({ length: records }, (_, i) => ({ offset: i, body: raw, raw })),
  records,
  rejected: Array.from({ length: rejected }, (_, i) => ({
    offset: 50 + i,
    raw,
    isWhole: i === 0,
    rejection: reject('INVALID_JSON', 'no'),
  })),
  bytes: 6,
  nextOffset,
});

const result = (imported: number, overrides: Partial<SendResult> = {}): SendResult => ({
  imported,
  rejected: [],
  requests: { total: 3, retried: 2, throttled: 1 },
  bytes: { sent: 30, compressed: 20 },
  waitMs: { request: 5, backoff: 40, pace: 0 },
  ...overrides,
});

const startTracker = (message = chunkMessage(100, { offset: 1_000, chunk: 7 })) => {
  const entries: RejectEntry[] = [];
  const tracker = createTracker({
    message,
    rejects: { add: async (entry) => void entries.push(entry) },
    now: () => 500,
    clock: { spent: () => ({ stageMs: { ...noTime(), read: 10, request: 20 }, choppyMs: 5 }) },
    peakMB: () => 90,
  });
  return { tracker, entries };
};

describe('createTracker', () => {
  it('accounts for what was committed, and for nothing else', async () => {
    const { tracker } = startTracker();
    await tracker.commit(batch(40), result(2));
    await tracker.commit(batch(60), result(2));
    expect(tracker.account()).toMatchObject({
      nextOffset: 60,
      progress: {
        continuations: 0,
        startedAtMs: 500,
        records: { read: 4, imported: 4, rejected: 0, filtered: 0 },
        bytes: { read: 60, sent: 60, compressed: 40 },
        requests: { total: 6, retried: 4, throttled: 2 },
        peakMB: 90,
      },
    });
  });

  it('adds to what earlier senders have done, and leaves their message as it was', async () => {
    const before = { ...startProgress(1), peakMB: 120 };
    before.records.read = 10;
    before.bytes.read = 40;
    const message = { ...chunkMessage(100, { progress: before }), range: { start: 40, end: 100 } };
    const { tracker } = startTracker(message);
    await tracker.commit(batch(70), result(2));
    expect(tracker.account(100).progress).toMatchObject({
      startedAtMs: 1,
      records: { read: 12, imported: 2 },
      bytes: { read: 100 },
      peakMB: 120,
    });
    expect(before.records.read).toBe(10);
  });

  it('counts bytes within the range only, although its last line may end behind it', async () => {
    const { tracker } = startTracker();
    await tracker.commit(batch(130), result(2));
    expect(tracker.account()).toMatchObject({ nextOffset: 130, progress: { bytes: { read: 100 } } });
    const rest = startTracker({ ...chunkMessage(100), range: { start: 130, end: 100 } });
    expect(rest.tracker.account(100).progress.bytes.read).toBe(0);
  });

  it('writes down each rejection with its place in the source', async () => {
    const { tracker, entries } = startTracker();
    await tracker.commit(batch(40, 2, 2), result(1, { rejected: [{ index: 1, reason: 'too old' }] }));
    expect(entries).toEqual([
      { chunk: 7, offset: 1_050, reason: 'INVALID_JSON', message: 'no', raw, truncated: false },
      { chunk: 7, offset: 1_051, reason: 'INVALID_JSON', message: 'no', raw, truncated: true },
      { chunk: 7, offset: 1_001, reason: 'API_REJECTED', message: 'too old', raw, truncated: false },
    ]);
    const { progress } = tracker.account();
    expect(progress.records).toEqual({ read: 4, imported: 1, rejected: 3, filtered: 0 });
    expect(progress.byReason).toEqual({ INVALID_JSON: 2, 'API_REJECTED: too old': 1 });
  });

  it('adds the times of its stages to those of earlier senders', () => {
    const before = { ...startProgress(1), stageMs: { ...noTime(), read: 7, backoff: 1 }, choppyMs: 3 };
    const { tracker } = startTracker(chunkMessage(100, { progress: before }));
    expect(tracker.account().progress).toMatchObject({
      stageMs: { ...noTime(), read: 17, request: 20, backoff: 1 },
      choppyMs: 8,
    });
    expect(before.stageMs.read).toBe(7);
  });
});
