import { describe, expect, it } from 'vitest';
import { createVirtualTime } from '../../bench/pacing/virtual-time.ts';
import { createPacer } from '../../lib/send/pacer.ts';
import { DEFAULT_BACKOFF } from '../../lib/send/retry.ts';
import type { Answer } from '../../lib/send/transport.ts';
import { quotaMs } from '../../lib/tune/quota.ts';
import { replyImported, replyJson, startApi } from './api-server.ts';
import { numberedBatch } from './lines-batch.ts';
import { failureOf, never, testClient } from './test-client.ts';

const quota = { eventsPerSecond: 100, bytesPerMinute: 60_000 };

const answer = (status: number, records: number): Answer => ({
  kind: 'answer',
  status,
  headers: {},
  truncated: false,
  bodyText: JSON.stringify({ code: status, num_records_imported: records }),
});

const startPacer = (overrides = {}) => {
  const clock = { nowMs: 0 };
  const pacer = createPacer({
    quota,
    workers: 1,
    now: () => clock.nowMs,
    sleep: async (delayMs) => {
      clock.nowMs += delayMs;
    },
    random: () => 0.5,
    ...overrides,
  });
  return { pacer, clock };
};

describe('quotaMs', () => {
  it.each([
    ['events', { records: 50, rawBytes: 100 }, 500],
    ['bytes', { records: 1, rawBytes: 2_000 }, 2_000],
  ])('counts the scarcer, here %s', (_, batch, expected) => {
    expect(quotaMs(quota, batch)).toBe(expected);
  });
});

describe('createPacer', () => {
  it('keeps to the quota', async () => {
    const { pacer, clock } = startPacer();
    for (let n = 0; n < 120; n++) await pacer.admit({ records: 50, rawBytes: 0 }, never());
    expect(clock.nowMs).toBeGreaterThan(55_000);
    expect(clock.nowMs).toBeLessThan(64_000);
  });

  it('lets one request through at a time, in order', async () => {
    const { pacer } = startPacer();
    const order: number[] = [];
    const admitted = [1_000, 10, 10].map(async (records, n) => {
      await pacer.admit({ records, rawBytes: 0 }, never());
      order.push(n);
    });
    await Promise.all(admitted);
    expect(order).toEqual([0, 1, 2]);
  });

  it('tries one request at a time while they are refused', async () => {
    const { pacer, clock } = startPacer();
    const refused = await pacer.admit({ records: 1, rawBytes: 0 }, never());
    pacer.refused(refused, { backoffMs: 6_000 });
    for (const expectedMs of [2_500, 5_000, 7_500]) {
      await pacer.admit({ records: 1, rawBytes: 0 }, never());
      expect(clock.nowMs).toBe(expectedMs);
    }
  });

  it('waits as long as the API asks for', async () => {
    const { pacer, clock } = startPacer();
    const refused = await pacer.admit({ records: 1, rawBytes: 0 }, never());
    pacer.refused(refused, { backoffMs: 33_000, retryAfterMs: 30_000 });
    await pacer.admit({ records: 1, rawBytes: 0 }, never());
    expect(clock.nowMs).toBe(30_000);
  });

  it('looks at a long wait again when requests begin to be refused', async () => {
    const time = createVirtualTime();
    const { pacer } = startPacer(time);
    const first = await pacer.admit({ records: 1_000, rawBytes: 0 }, never());
    const second = pacer.admit({ records: 1_000, rawBytes: 0 }, never());
    await time.runUntil(0);
    pacer.refused(first, { backoffMs: 6_000 });
    await time.runUntil(60_000);
    expect((await second).sentAtMs).toBe(2_500);
  });

  it.each([
    ['its time is over', 50_000, 20_000],
    ['another is accepted', 8_000, 8_000],
    ['the least is over, though another is accepted before', 1_000, 3_000],
  ])('backs off until %s', async (_, acceptedAtMs, expectedMs) => {
    const time = createVirtualTime();
    const { pacer } = startPacer(time);
    const request = await pacer.admit({ records: 1, rawBytes: 0 }, never());
    pacer.refused(request, { backoffMs: 20_000 });
    const over = pacer.backOff({ leastMs: 3_000, mostMs: 20_000 }, never()).then(time.now);
    await time.runUntil(acceptedAtMs);
    pacer.accepted({ ...request, sentAtMs: acceptedAtMs - 500 });
    await time.runUntil(60_000);
    expect(await over).toBe(expectedMs);
  });

  it('goes on where an earlier one has left off', async () => {
    const first = startPacer();
    for (let n = 0; n < 60; n++) await first.pacer.admit({ records: 50, rawBytes: 0 }, never());
    const second = startPacer({ pace: first.pacer.pace(), now: () => first.clock.nowMs });
    expect(second.pacer.pace()).toEqual(first.pacer.pace());
  });
});

describe('createImportClient: pace', () => {
  it('waits for its part of the quota, and says how long', async () => {
    let nowMs = 0;
    const waits: number[] = [];
    const api = await startApi(({ lines }, response) => replyImported(response, lines.length));
    const client = testClient(api.endpoint, {
      quota: { eventsPerSecond: 10, bytesPerMinute: 1e9 },
      workers: 2,
      now: () => nowMs,
      sleep: async (delayMs) => {
        nowMs += delayMs;
        waits.push(delayMs);
      },
    });
    const first = await client.send(numberedBatch(50), never());
    const second = await client.send(numberedBatch(50), never());
    expect(first.waitMs.pace).toBe(0);
    expect(second.waitMs).toMatchObject({ backoff: 0, pace: waits[0] });
    expect(waits[0]).toBeGreaterThan(5_000);
  });

  it('makes other sends wait for one that was refused', async () => {
    let nowMs = 0;
    const waits: number[] = [];
    const api = await startApi((_, response, count) => {
      if (count === 1) replyJson(response, 429, {}, { 'retry-after': '4' });
      else replyImported(response, 1);
    });
    const backoff = { firstMs: 2_000, jitterMinMs: 0, jitterMaxMs: 0, retryAfterMaxMs: 60_000 };
    const refused = Promise.withResolvers<void>();
    const resumed = Promise.withResolvers<void>();
    const client = testClient(api.endpoint, {
      backoff,
      now: () => nowMs,
      sleep: async (delayMs) => {
        waits.push(delayMs);
        if (waits.length === 1) {
          refused.resolve();
          await resumed.promise;
        }
        nowMs += delayMs;
      },
    });
    const first = client.send(numberedBatch(1), never());
    await refused.promise;
    const second = await client.send(numberedBatch(1), never());
    resumed.resolve();
    await first;
    expect(waits).toEqual([4_000, 4_000]);
    expect(second.waitMs).toMatchObject({ backoff: 0, pace: 4_000 });
  });

  it('ends a back-off when another send is accepted', async () => {
    const time = createVirtualTime();
    let requests = 0;
    const client = testClient('http://127.0.0.1:1', {
      backoff: DEFAULT_BACKOFF,
      random: () => 0.5,
      now: time.now,
      sleep: time.sleep,
      openTransport: () => ({
        post: async ({ records }) => answer(++requests === 1 ? 429 : 200, records),
        close: async () => undefined,
      }),
    });
    const batch = {
      ...numberedBatch(1),
      encode: async () => ({ records: 1, rawBytes: 1, body: new Uint8Array(1), compressed: true }),
    };
    const refused = client.send(batch, never());
    await time.runUntil(0);
    const other = client.send(batch, never());
    await time.runUntil(60_000);
    expect((await other).waitMs.pace).toBe(2_500);
    expect((await refused).waitMs.backoff).toBe(3_000);
  });

  it('ends a wait for the pace at once, with the reason', async () => {
    const aborter = new AbortController();
    const deadline = new Error('deadline');
    const api = await startApi(({ lines }, response) => replyImported(response, lines.length));
    const client = testClient(api.endpoint, { quota: { eventsPerSecond: 1, bytesPerMinute: 1e9 } });
    await client.send(numberedBatch(100), never());
    const second = failureOf(client.send(numberedBatch(100), aborter.signal));
    setTimeout(() => aborter.abort(deadline), 20);
    expect(await second).toBe(deadline);
    expect(api.requests).toHaveLength(1);
  });
});
