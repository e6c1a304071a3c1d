import { describe, expect, it } from 'vitest';
import type { Batch } from '../lib/batch/batcher.ts';
import { createTracker } from '../lib/chunk-account.ts';
import type { RejectEntry } from '../lib/ledger/rejects.ts';
import { startProgress } from '../lib/plan/progress.ts';
import type { SendResult } from '../lib/send/batch.ts';
import { reject } from '../lib/transform/rejection.ts';
import { chunkMessage } from './chunk-message.ts';

const raw = Buffer.from('{}');

const batch = (nextOffset: number, records = 2, rejected = 0): Batch => ({
  records: Array.from({ length: records }, (_, i) => ({ offset: i, body: raw, raw })),
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
  const clock = { nowMs: 500 };
  const tracker = createTracker({
    message,
    rejects: { add: async (entry) => void entries.push(entry) },
    now: () => clock.nowMs,
    peakMB: () => 90,
  });
  /** Ends when the clock has gone on. */
  const wait = async (ms: number): Promise<void> => {
    await Promise.resolve();
    clock.nowMs += ms;
  };
  return { tracker, entries, clock, wait };
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

  it('tells waits apart: for the source, for answers, for the rate limit, and the rest', async () => {
    const { tracker, clock, wait } = startTracker();
    await tracker.reading(wait(100));
    await tracker.sending(wait(70));
    await tracker.sending(wait(5).then(() => Promise.reject(new Error('no')))).catch(() => undefined);
    clock.nowMs += 25;
    await tracker.commit(batch(40), result(2));
    expect(tracker.account().progress.waitMs).toEqual({
      source: 100,
      throttle: expect.closeTo(75 * (40 / 45)),
      request: expect.closeTo(75 * (5 / 45)),
      transform: 25,
    });
  });

  it('shares the wait for room out by what the requests under way waited for', async () => {
    const { tracker, wait } = startTracker();
    await tracker.sending(wait(10));
    await tracker.commit(batch(40), result(2));
    expect(tracker.account().progress.waitMs).toMatchObject({
      throttle: expect.closeTo(10 * (40 / 45)),
      request: expect.closeTo(10 * (5 / 45)),
    });
  });

  it('counts a wait for the share of the quota as one for the rate limit', async () => {
    const { tracker, wait } = startTracker();
    await tracker.sending(wait(50));
    const requests = { total: 1, retried: 0, throttled: 0 };
    await tracker.commit(batch(40), result(2, { requests, waitMs: { request: 20, backoff: 0, pace: 30 } }));
    expect(tracker.account().progress.waitMs).toMatchObject({ throttle: 30, request: 20 });
  });

  it('does not blame the rate limit for other waits between attempts', async () => {
    const { tracker, wait } = startTracker();
    await tracker.sending(wait(50));
    await tracker.commit(batch(40), result(2, { requests: { total: 2, retried: 1, throttled: 0 } }));
    expect(tracker.account().progress.waitMs).toMatchObject({ throttle: 0, request: 50 });
  });
});
