import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldReceipts } from '../../lib/ledger/fold.ts';
import { parseReceipt, type Receipt } from '../../lib/ledger/receipt.ts';
import type { Report } from '../../lib/ledger/report.ts';
import type { Progress } from '../../lib/plan/chunk.ts';
import { noTime } from '../../lib/plan/stage-times.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import { knobsSchema } from '../../lib/tune/knobs.ts';
import { done, failed, importFailed, planned } from './receipts.ts';

/** Folds group after group, the report written and read between them as the store does. */
const foldGroups = (groups: readonly (readonly Receipt[])[]): Report => {
  let report: Report | undefined;
  for (const group of groups) {
    if (group.length === 0) continue;
    report = JSON.parse(JSON.stringify(foldReceipts(report, group))) as Report;
  }
  return report!;
};

describe('foldReceipts', () => {
  it('reports a complete import', () => {
    const receipts = [planned(2), done(0), done(1, {}, { atMs: 13_000 })];
    expect(foldReceipts(undefined, receipts)).toMatchObject({
      v: 1,
      importId: 'import-1',
      source: { uri: 's3://inbox/a.jsonl', bytes: 1_000 },
      state: 'complete',
      chunks: { total: 2, done: 2, failed: 0 },
      records: { read: 20, imported: 16, rejected: 4, filtered: 0 },
      rejects: { uri: 's3://work/rejects/import-1/', byReason: { INVALID_JSON: 4 } },
      timing: {
        startedAt: '1970-01-01T00:00:01.000Z',
        finishedAt: '1970-01-01T00:00:13.000Z',
        seconds: 12,
        eventsPerSecond: 1,
      },
      failures: [],
    });
  });

  it('names the layout of the source as soon as one run found it out, in whatever order', () => {
    const known = importFailed('FORMAT_UNSUPPORTED', 1_000);
    const unknown = {
      ...known,
      source: { ...known.source, format: 'unknown', compression: 'unknown' },
    } as Receipt;
    expect(foldGroups([[unknown]]).source).toMatchObject({ bytes: 1_000, format: 'unknown' });
    for (const groups of [[[unknown], [known]], [[known], [unknown]], [[known, unknown]]])
      expect(foldGroups(groups).source).toEqual(known.source);
  });

  it('says where answers are as soon as a receipt does, and nothing of them before', () => {
    const responsesUri = 's3://work/responses/import-1/';
    const givenUp = { ...failed(1), responsesUri } as Receipt;
    for (const receipt of [done(1, {}, { responsesUri }), givenUp]) {
      const report = foldGroups([[planned(3), done(0)], [parseReceipt(JSON.stringify(receipt))], [done(2)]]);
      expect(report.responses).toEqual({ uri: responsesUri });
    }
    expect(foldReceipts(undefined, [planned(1), done(0)])).not.toHaveProperty('responses');
  });

  it.each<[string, Receipt[], Report['state'], Report['chunks']]>([
    ['only begun', [planned()], 'running', { total: null, done: 0, failed: 0 }],
    ['a source of no bytes', [planned(0)], 'complete', { total: 0, done: 0, failed: 0 }],
    ['chunks before their number', [done(0), done(1)], 'running', { total: null, done: 2, failed: 0 }],
    ['one chunk missing', [planned(2), done(1)], 'running', { total: 2, done: 1, failed: 0 }],
    ['one chunk given up', [planned(2), done(1), failed(0)], 'failed', { total: 2, done: 1, failed: 1 }],
    ['one given up, one missing', [planned(2), failed(0)], 'running', { total: 2, done: 0, failed: 1 }],
    [
      'one given up, then done',
      [planned(1), failed(0), done(0)],
      'complete',
      { total: 1, done: 1, failed: 0 },
    ],
    [
      'one done, then given up',
      [planned(1), done(0), failed(0)],
      'complete',
      { total: 1, done: 1, failed: 0 },
    ],
    [
      'a source that vanished while chunks were made of it',
      [planned(), done(0), importFailed('SOURCE_VANISHED')],
      'failed',
      { total: null, done: 1, failed: 0 },
    ],
    ['a source that cannot be read', [importFailed()], 'failed', { total: null, done: 0, failed: 0 }],
    [
      'a source that breaks',
      [planned(), done(0), planned(1), importFailed('SOURCE_CORRUPT')],
      'failed',
      { total: 1, done: 1, failed: 0 },
    ],
    [
      'a source that is gone when its notification comes again',
      [planned(1), done(0), importFailed('SOURCE_VANISHED')],
      'complete',
      { total: 1, done: 1, failed: 0 },
    ],
  ])('tells the state of an import with %s', (_, receipts, state, chunks) => {
    const report = foldReceipts(undefined, receipts);
    expect(report).toMatchObject({ state, chunks });
    expect(report.timing.finishedAt === null).toBe(state === 'running');
    expect(foldReceipts(undefined, receipts.toReversed())).toEqual(report);
  });

  it('counts a chunk once, however often it is done', () => {
    const once = foldReceipts(undefined, [planned(1), done(0)]);
    expect(foldReceipts(once, [done(0), done(0), planned(1)])).toEqual(once);
  });

  it('counts what a chunk holds before it breaks, and calls it failed', () => {
    const failure = { code: 'SOURCE_CORRUPT', message: 'broken' };
    const report = foldGroups([[planned(3), failed(1, 'A'), done(1, {}, { failure }), done(0)], [failed(1)]]);
    expect(report).toMatchObject({
      state: 'running',
      chunks: { total: 3, done: 1, failed: 1 },
      records: { read: 20, imported: 16, rejected: 4 },
      failures: [{ chunk: 1, ...failure }],
    });
    expect(foldReceipts(report, [done(2), done(1)])).toMatchObject({
      state: 'failed',
      chunks: { total: 3, done: 2, failed: 1 },
      records: { read: 30 },
    });
  });

  it('does not change the report it is given', () => {
    const report = foldReceipts(undefined, [planned(3), done(0)]);
    const before = structuredClone(report);
    foldReceipts(report, [done(1), failed(2), done(2)]);
    expect(report).toEqual(before);
  });

  it('knows the source as soon as any receipt does', () => {
    const report = foldReceipts(undefined, [importFailed('SOURCE_VANISHED', 0), planned(1)]);
    expect(report.source.bytes).toBe(1_000);
  });

  it('lists at most ten failures, that of the import first', () => {
    const report = foldReceipts(
      undefined,
      [...Array(30).keys()].map((chunk) => failed(chunk)),
    );
    expect(report.failures.map(({ chunk }) => chunk)).toEqual([...Array(10).keys()]);
    expect(report.chunks.failed).toBe(30);
    expect(foldReceipts(report, [importFailed()]).failures[0]).toEqual({
      chunk: null,
      code: 'SOURCE_CHANGED',
      message: 'SOURCE_CHANGED',
    });
  });

  it('lists a bounded number of reasons', () => {
    const receipts = [...Array(100).keys()].map((chunk) =>
      done(chunk, {
        byReason: Object.fromEntries([...Array(50).keys()].map((i) => [`reason ${chunk}/${i}`, 1])),
      }),
    );
    const { byReason } = foldReceipts(undefined, receipts).rejects;
    expect(Object.keys(byReason).length).toBe(501);
    expect(Object.values(byReason).reduce((sum, count) => sum + count, 0)).toBe(5_000);
  });

  it('needs a receipt to begin with', () => {
    expect(() => foldReceipts(undefined, [])).toThrow(RangeError);
  });

  it('folds 100,000 chunks', () => {
    const chunks = 100_000;
    let report = foldReceipts(undefined, [planned(chunks)]);
    for (let first = 0; first < chunks; first += 5_000) {
      const group = [...Array(5_000).keys()].map((i) => done(chunks - 1 - first - i));
      report = foldReceipts(report, group);
    }
    expect(report).toMatchObject({ state: 'complete', chunks: { total: chunks, done: chunks, failed: 0 } });
    expect(report.records.read).toBe(10 * chunks);
    expect(JSON.stringify(report).length).toBeLessThan(20_000);
  });
});

const TUNING = knobsSchema.parse(parseRecipe({}).tuning);

describe('foldReceipts: where the time went', () => {
  const spent = (ms: number): Partial<Progress> => ({
    stageMs: { ...noTime(), read: 9 * ms, throttle: ms },
    choppyMs: ms,
  });

  it('adds up the stages of all chunks, and says what they mean', () => {
    const receipts = [planned(2), done(0, spent(1_000), { tuning: TUNING }), done(1, spent(500))];
    const report = foldGroups(receipts.map((receipt) => [receipt]));
    expect(report.timing).toMatchObject({ stages: { read: 13_500, throttle: 1_500 }, choppyMs: 1_500 });
    expect(report).toMatchObject({ bottleneck: 'source', tuning: { workers: 10, highWater: 100 } });
    expect(report.advice).toEqual([
      expect.stringMatching(/^The source binds: .* 90 % .*raise highWater from 100/),
    ]);
  });

  it('goes on with a report of an earlier version, which knew no stages', () => {
    const { advice: _, tuning: __, timing, ...report } = foldReceipts(undefined, [planned(2), done(0)]);
    const { stages, choppyMs, ...earlier } = timing;
    const stored = { ...report, timing: earlier } as Report;
    expect(foldReceipts(stored, [done(1, spent(1_000))])).toMatchObject({
      state: 'complete',
      timing: { stages: { read: 9_000, throttle: 1_000, request: 0 }, choppyMs: 1_000 },
      bottleneck: 'source',
    });
  });

  it('takes receipts of an earlier version', () => {
    const { tuning: _, ...receipt } = done(0) as Extract<Receipt, { kind: 'chunk-done' }>;
    const { stageMs, choppyMs, ...known } = receipt.progress;
    const waitMs = { source: 5, request: 5, throttle: 5, transform: 5 };
    const earlier = parseReceipt(JSON.stringify({ ...receipt, progress: { ...known, waitMs } }));
    expect(foldReceipts(undefined, [planned(1), earlier])).toMatchObject({
      state: 'complete',
      timing: { stages: noTime(), choppyMs: 0 },
      advice: [],
    });
  });
});

const progressOf = fc
  .record({
    imported: fc.nat(50),
    rejected: fc.nat(5),
    filtered: fc.nat(5),
    startedAtMs: fc.nat(20_000),
    stageMs: fc.record({
      read: fc.nat(999),
      frame: fc.nat(999),
      transform: fc.nat(999),
      compress: fc.nat(999),
      request: fc.nat(999),
      throttle: fc.nat(999),
      backoff: fc.nat(999),
      memory: fc.nat(999),
    }),
    choppyMs: fc.nat(999),
    workers: fc.integer({ min: 1, max: 3 }),
    reason: fc.constantFrom('INVALID_JSON', 'TIME_MISSING', 'API_REJECTED: no'),
    peakMB: fc.double({ min: 1, max: 500, noNaN: true }),
    breaks: fc.boolean(),
    atMs: fc.integer({ min: 20_000, max: 50_000 }),
  })
  .map(
    ({
      imported,
      rejected,
      filtered,
      startedAtMs,
      stageMs,
      choppyMs,
      workers,
      reason,
      peakMB,
      breaks,
      atMs,
    }) => ({
      progress: {
        startedAtMs,
        stageMs,
        choppyMs,
        peakMB,
        records: { read: imported + rejected + filtered, imported, rejected, filtered },
        byReason: rejected > 0 ? { [reason]: rejected } : {},
      },
      receipt: {
        atMs,
        tuning: { ...TUNING, workers },
        ...(breaks && { failure: { code: 'SOURCE_CORRUPT', message: 'broken' } }),
      },
    }),
  );

/** An import of up to nine chunks: what each of them says in the end, and failures on the way. */
const history = fc
  .record({
    chunks: fc.array(progressOf, { minLength: 1, maxLength: 9 }),
    failures: fc.array(
      fc.record({ chunk: fc.nat(9), code: fc.constantFrom('A', 'B', 'GIVEN_UP', 'Z'), atMs: fc.nat(50_000) }),
    ),
    neverDone: fc.array(fc.nat(9)),
    isKnown: fc.boolean(),
    breaks: fc.option(fc.constantFrom('SOURCE_CORRUPT', 'SOURCE_CHANGED')),
  })
  .map(({ chunks, failures, neverDone, isKnown, breaks }) => {
    const receipts: Receipt[] = [planned(undefined, 500)];
    if (isKnown) receipts.push(planned(chunks.length, 600));
    if (breaks) receipts.push(importFailed(breaks));
    for (const [chunk, { progress, receipt }] of chunks.entries())
      if (!neverDone.includes(chunk)) receipts.push(done(chunk, progress, receipt));
    for (const { chunk, code, atMs } of failures)
      if (chunk < chunks.length) receipts.push(failed(chunk, code, atMs));
    return receipts;
  });

/** The same receipts in another order, some of them more than once, cut into groups. */
const delivered = history.chain((receipts) =>
  fc.record({
    receipts: fc.constant(receipts),
    order: fc
      .tuple(
        fc.shuffledSubarray(receipts, { minLength: receipts.length }),
        fc.array(fc.constantFrom(...receipts), { maxLength: 8 }),
        fc.infiniteStream(fc.nat()),
      )
      .map(([all, again, places]) => {
        const order = [...all];
        for (const receipt of again) order.splice(places.next().value % (order.length + 1), 0, receipt);
        return order;
      }),
    groupSize: fc.integer({ min: 1, max: 7 }),
  }),
);

const groupsOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));

describe('foldReceipts: any delivery', () => {
  it('gives the same report for any order, any duplicates and any groups', () => {
    fc.assert(
      fc.property(delivered, ({ receipts, order, groupSize }) => {
        expect(foldGroups(groupsOf(order, groupSize))).toEqual(foldGroups([receipts]));
      }),
      { numRuns: 300 },
    );
  });

  it('accounts for every record that was read', () => {
    fc.assert(
      fc.property(delivered, ({ order }) => {
        const { records, rejects } = foldGroups([order]);
        expect(records.read).toBe(records.imported + records.rejected + records.filtered);
        expect(Object.values(rejects.byReason).reduce((sum, count) => sum + count, 0)).toBe(records.rejected);
      }),
    );
  });
});

describe('parseReceipt', () => {
  const failure = { code: 'SOURCE_CORRUPT', message: 'broken' };

  it.each([planned(), planned(3), done(1), done(1, {}, { failure }), failed(2), importFailed()])(
    'reads back $kind',
    (receipt) => {
      expect(parseReceipt(JSON.stringify(receipt))).toEqual(receipt);
    },
  );

  it.each([
    '',
    'null',
    '{}',
    JSON.stringify({ ...planned(), v: 2 }),
    JSON.stringify({ ...planned(), kind: 'x' }),
  ])('refuses %s', (body) => expect(() => parseReceipt(body)).toThrow());
});
