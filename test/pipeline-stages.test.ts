import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createVirtualTime } from '../bench/pacing/virtual-time.ts';
import { foldReceipts } from '../lib/ledger/fold.ts';
import type { Report } from '../lib/ledger/report.ts';
import { totalMs } from '../lib/tune/bottleneck.ts';
import { done, planned } from './ledger/receipts.ts';
import { runTimedChunk, type TimedChunk, type TimedResult } from './timed-chunk.ts';

/** What the stages cost, beside what they do. */
const cost = vi.hoisted(() => ({
  workedMs: 0,
  msPerRecord: 0,
  msPerPiece: 0,
  compress: async (): Promise<void> => undefined,
}));

vi.mock(import('../lib/transform/event.ts'), async (importOriginal) => {
  const original = await importOriginal();
  return {
    ...original,
    createEventMapper: (...args) => {
      const map = original.createEventMapper(...args);
      return (record, isLookedAt) => {
        if (!isLookedAt) cost.workedMs += cost.msPerRecord;
        return map(record, isLookedAt);
      };
    },
  };
});

vi.mock(import('../lib/transform/divide-run.ts'), async (importOriginal) => {
  const { divideRun } = await importOriginal();
  return {
    divideRun: (run, options) => {
      cost.workedMs += cost.msPerRecord * run.ends.length;
      return divideRun(run, options);
    },
  };
});

vi.mock(import('../lib/frame/line-runs.ts'), async (importOriginal) => {
  const { createRunFramer } = await importOriginal();
  return {
    createRunFramer: (options) => {
      const framer = createRunFramer(options);
      const push = (bytes: Buffer) => {
        cost.workedMs += cost.msPerPiece;
        return framer.push(bytes);
      };
      return { ...framer, push };
    },
  };
});

vi.mock(import('../lib/encode/ndjson.ts'), async (importOriginal) => {
  const { ndjsonBatch } = await importOriginal();
  return {
    ndjsonBatch: (...args) => {
      const batch = ndjsonBatch(...args);
      return { ...batch, encode: () => cost.compress().then(batch.encode) };
    },
  };
});

beforeEach(() => {
  Object.assign(cost, { workedMs: 0, msPerRecord: 0, msPerPiece: 0, compress: async () => undefined });
});

const run = async (chunk: TimedChunk): Promise<TimedResult & { report: Report }> => {
  const result = await runTimedChunk({ ...chunk, workedMs: () => cost.workedMs });
  expect(result.error).toBeUndefined();
  expect(result.progress.records.imported).toBe(chunk.records);
  return { ...result, report: foldReceipts(undefined, [planned(1), done(0, result.progress)]) };
};

describe('the stage times of a chunk', () => {
  it('add up to the time that it took, whatever overlaps', async () => {
    cost.msPerRecord = 1;
    const { progress, tookMs } = await run({
      records: 2_000,
      readMs: (read) => (read % 7) * 30,
      responseMs: 333,
      status: (request) => (request === 3 ? 429 : request === 5 ? 503 : 200),
      tuning: { requestsInFlight: 3 },
    });
    expect(progress.stageMs).not.toMatchObject({ read: 0 });
    expect(Math.abs(totalMs(progress.stageMs) - tookMs)).toBeLessThan(5);
  });

  it('name the source, when every read takes long', async () => {
    const { progress, report } = await run({ records: 1_000, readMs: () => 100, responseMs: 50 });
    expect(progress.stageMs).toMatchObject({ read: 5_000, frame: 0, transform: 0, request: 50 });
    expect(report).toMatchObject({ bottleneck: 'source' });
    expect(report.advice[0]).toMatch(/^The source binds: .* 99 %/);
  });

  it('name the network, when every answer takes long', async () => {
    const { progress, report } = await run({ records: 1_000, readMs: () => 10, responseMs: 700 });
    expect(progress.stageMs).toMatchObject({ read: 100, request: 6_950, throttle: 0, backoff: 0 });
    expect(report).toMatchObject({ bottleneck: 'network' });
    expect(report.advice[0]).toMatch(/^The network binds: .* 99 %/);
  });

  it('name the API, when it answers 429', async () => {
    const { progress, report } = await run({
      records: 1_000,
      responseMs: 100,
      status: (request) => (request % 2 === 0 ? 429 : 200),
    });
    expect(progress.requests).toMatchObject({ total: 20, throttled: 10 });
    expect(progress.stageMs.throttle).toBeGreaterThan(20_000);
    expect(progress.stageMs).toMatchObject({ request: 2_000, backoff: 0 });
    expect(report).toMatchObject({ bottleneck: 'api' });
    expect(report.advice[0]).toMatch(/^The API's quota binds: .* refused 50 %/);
  });

  it('name the API, when senders pace themselves so well that it refuses nothing', async () => {
    const quota = { eventsPerSecond: 100, bytesPerMinute: 1e9 };
    const { progress, report } = await run({ records: 10_000, responseMs: 100, quota });
    expect(progress.requests.throttled).toBe(0);
    expect(progress.stageMs.throttle).toBeGreaterThan(progress.stageMs.request);
    expect(report).toMatchObject({ bottleneck: 'api' });
  });

  it('tell the back-off after failures from the one after a 429', async () => {
    const { progress, report } = await run({
      records: 1_000,
      responseMs: 10,
      status: (request) => (request % 2 === 0 ? 503 : 200),
    });
    expect(progress.stageMs).toMatchObject({ throttle: 0, request: 200 });
    expect(progress.stageMs.backoff).toBeGreaterThan(20_000);
    expect(report).toMatchObject({ bottleneck: 'network' });
    expect(report.advice[0]).toContain('requests that failed (10 were sent again)');
  });

  it('name the mapping, when that takes long', async () => {
    cost.msPerRecord = 5;
    const { progress, report } = await run({ records: 1_000, readMs: () => 2, responseMs: 20 });
    expect(progress.stageMs.transform).toBe(5_000);
    expect(report).toMatchObject({ bottleneck: 'transform' });
    expect(report.advice[0]).toMatch(/^The CPU binds: parsing and mapping took 9\d %/);
  });

  it('name the mapping too, when it is framing that takes long', async () => {
    cost.msPerPiece = 100;
    const { progress, report } = await run({ records: 1_000, readMs: () => 2, responseMs: 20 });
    expect(progress.stageMs).toMatchObject({ frame: 5_000, transform: 0 });
    expect(report).toMatchObject({ bottleneck: 'transform' });
  });

  it('name the mapping too, when it is gzip that takes long', async () => {
    const time = createVirtualTime();
    cost.compress = () => time.sleep(400, new AbortController().signal);
    const { progress, report } = await run({ records: 1_000, readMs: () => 2, responseMs: 100, time });
    expect(progress.stageMs.compress / progress.stageMs.request).toBeCloseTo(4);
    expect(report).toMatchObject({ bottleneck: 'transform' });
    expect(report.advice[0]).toMatch(/gzip [78]\d %; lower compressionLevel/);
  });

  it('keep pauses for memory apart', async () => {
    const tuning = { throttleMemory: true };
    const usedMB = (): number => {
      cost.workedMs += 100;
      return 100;
    };
    const { progress, report } = await run({ records: 1_000, responseMs: 10, tuning, usedMB });
    expect(progress.stageMs).toMatchObject({ memory: 5_100, transform: 0 });
    expect(report.bottleneck).toBe('none');
    expect(report.advice[0]).toMatch(/^Memory runs short: .* reading paused for 9\d % of the time/);
  });

  it('name nothing, when no stage stands out', async () => {
    cost.msPerRecord = 3;
    const { report } = await run({
      records: 2_000,
      recordsPerRead: 100,
      readMs: (read) => (read % 2) * 1_000,
      responseMs: 500,
    });
    expect(report.bottleneck).toBe('none');
    expect(report.advice).toEqual(['Nothing binds; raise workers.']);
  });
});

describe('a choppy flow', () => {
  /** Bursts of 400 records a second apart, and answers that take a quarter of a second for 100. */
  const bursts = (highWater: number): TimedChunk => ({
    records: 8_000,
    readMs: (read) => (read % 20 === 0 ? 1_000 : 0),
    responseMs: 250,
    tuning: { highWater },
  });

  it('shows where source and answers are waited for by turns', async () => {
    const { progress, report, tookMs } = await run(bursts(16));
    expect(progress.choppyMs / tookMs).toBeCloseTo(1 / 3, 1);
    expect(report.bottleneck).toBe('none');
    expect(report.advice).toHaveLength(1);
    expect(report.advice[0]).toMatch(/^The flow is choppy: .*; raise highWater/);
  });

  it('becomes even with more highWater, and as much faster as was said', async () => {
    const choppy = await run(bursts(16));
    const even = await run(bursts(500));
    expect(even.progress.choppyMs).toBeLessThan(1_500);
    expect(choppy.tookMs - even.tookMs).toBeGreaterThan(0.8 * choppy.progress.choppyMs);
    expect(choppy.tookMs - even.tookMs).toBeLessThan(1.2 * choppy.progress.choppyMs);
  });

  it.each([
    ['the source', { readMs: () => 100, responseMs: 200 }],
    ['the API', { readMs: () => 1, responseMs: 200 }],
  ])('is not what one sees where %s alone is slow', async (_, chunk) => {
    const { progress, tookMs } = await run({ records: 4_000, ...chunk, tuning: { highWater: 16 } });
    expect(progress.choppyMs / tookMs).toBeLessThan(0.1);
  });
});
