import { PassThrough } from 'node:stream';
import { beforeEach, expect, it, vi } from 'vitest';
import { reportText } from '../../cli/report-text.ts';
import type { Report } from '../../lib/ledger/report.ts';
import { noTime } from '../../lib/plan/stage-times.ts';

beforeEach(() => {
  vi.stubEnv('FORCE_COLOR', '0');
  return () => vi.unstubAllEnvs();
});

const REPORT: Report = {
  v: 1,
  importId: 'events-0123',
  source: { uri: 'file:///data/events.jsonl.gz', bytes: 1_234_567, format: 'jsonl', compression: 'gzip' },
  state: 'complete',
  chunks: { total: 12, done: 12, failed: 0 },
  records: { read: 1_000_000, imported: 999_990, rejected: 10, filtered: 0 },
  bytes: { read: 300_000_000, sent: 300_000_000, compressed: 60_000_000 },
  requests: { total: 512, retried: 7, throttled: 3 },
  rejects: {
    uri: 'file:///data/.fanout/work/rejects/events-0123/',
    byReason: { INVALID_JSON: 8, TIME_MISSING: 2 },
  },
  timing: {
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:00:40.000Z',
    seconds: 40,
    eventsPerSecond: 25_000,
    stages: { ...noTime(), request: 70_000, transform: 19_000, compress: 10_600, frame: 400 },
    choppyMs: 0,
  },
  memory: { budgetMB: 512, peakMB: 201.4 },
  bottleneck: 'network',
  advice: ['The network binds; raise compressionLevel.', 'The flow is choppy; raise highWater.'],
  governor: [],
  failures: [],
  ledger: {
    done: '',
    failed: '',
    startedAtMs: 0,
    lastAtMs: 0,
  },
};

it('shows a complete import', () => {
  expect(reportText(REPORT, new PassThrough())).toMatchInlineSnapshot(`
    "COMPLETE  file:///data/events.jsonl.gz
    ┌────────────┬──────────────────────────────────────────────────────────────┐
    │ source     │ 1.2 MB, jsonl, gzip                                          │
    │ chunks     │ 12 of 12 done                                                │
    │ records    │ 1,000,000 read = 999,990 imported + 10 rejected + 0 filtered │
    │ requests   │ 512 (7 retried, 3 throttled)                                 │
    │ sent       │ 300.0 MB as 60.0 MB (5.0 : 1)                                │
    │ time       │ 40.0 s, 25,000 events/s                                      │
    │ memory     │ 201 MB of 512 MB per sender                                  │
    │ stages     │ request 70 %, transform 19 %, compress 11 %                  │
    │ bottleneck │ network                                                      │
    │ rejects    │ file:///data/.fanout/work/rejects/events-0123/               │
    └────────────┴──────────────────────────────────────────────────────────────┘
      8 rejected: INVALID_JSON
      2 rejected: TIME_MISSING
      → The network binds; raise compressionLevel.
      → The flow is choppy; raise highWater."
  `);
});

it('shows why an import failed', () => {
  const failed: Report = {
    ...REPORT,
    source: { ...REPORT.source, bytes: 0, compression: 'none' },
    state: 'failed',
    chunks: { total: null, done: 1, failed: 1 },
    bytes: { read: 0, sent: 0, compressed: 0 },
    rejects: { uri: null, byReason: {} },
    failures: [
      { chunk: null, code: 'SOURCE_CORRUPT', message: 'The gzip stream breaks.' },
      { chunk: 3, code: 'GIVEN_UP', message: 'Every attempt ended without an answer.' },
    ],
  };
  expect(reportText(failed, new PassThrough())).toMatchInlineSnapshot(`
    "FAILED  file:///data/events.jsonl.gz
    ┌────────────┬──────────────────────────────────────────────────────────────┐
    │ source     │ 0 B, jsonl                                                   │
    │ chunks     │ 1 of ? done, 1 failed                                        │
    │ records    │ 1,000,000 read = 999,990 imported + 10 rejected + 0 filtered │
    │ requests   │ 512 (7 retried, 3 throttled)                                 │
    │ sent       │ 0 B as 0 B                                                   │
    │ time       │ 40.0 s, 25,000 events/s                                      │
    │ memory     │ 201 MB of 512 MB per sender                                  │
    │ stages     │ request 70 %, transform 19 %, compress 11 %                  │
    │ bottleneck │ network                                                      │
    └────────────┴──────────────────────────────────────────────────────────────┘
      SOURCE_CORRUPT: The gzip stream breaks.
      chunk 3: GIVEN_UP: Every attempt ended without an answer.
      → The network binds; raise compressionLevel.
      → The flow is choppy; raise highWater."
  `);
});

it('says no more than that where nothing was sent', () => {
  const failed: Report = {
    ...REPORT,
    source: { ...REPORT.source, format: 'unknown', compression: 'unknown' },
    state: 'failed',
    chunks: { total: null, done: 0, failed: 0 },
    rejects: { uri: null, byReason: {} },
    failures: [{ chunk: null, code: 'FORMAT_UNSUPPORTED', message: 'It has no known format.' }],
    advice: [],
  };
  expect(reportText(failed, new PassThrough())).toMatchInlineSnapshot(`
    "FAILED  file:///data/events.jsonl.gz
    ┌────────┬────────────────────────┐
    │ source │ 1.2 MB, format unknown │
    │ chunks │ 0 of ? done            │
    └────────┴────────────────────────┘
      FORMAT_UNSUPPORTED: It has no known format."
  `);
});

it('shows where the answers are, if they were kept', () => {
  const uri = 'file:///data/.fanout/work/responses/events-0123/';
  const row = /responses +│ file:.*responses\/events-0123\//;
  expect(reportText({ ...REPORT, responses: { uri } }, new PassThrough())).toMatch(row);
  expect(reportText(REPORT, new PassThrough())).not.toContain('responses');
});

it('shows a report of an earlier version, which knew neither stages nor advice', () => {
  const { advice, timing, ...report } = REPORT;
  const { stages, choppyMs, ...earlier } = timing;
  const text = reportText({ ...report, timing: earlier } as Report, new PassThrough());
  expect(text).toContain('25,000 events/s');
  expect(text).not.toContain('stages');
});

it('says what became of the entries of an archive', () => {
  const linesOf = (entries: Report['entries']) =>
    reportText(
      { ...REPORT, source: { ...REPORT.source, compression: 'zip' }, ...(entries && { entries }) },
      new PassThrough(),
    );
  expect(linesOf({ read: 1_200, skipped: 2, refused: 0 })).toContain(
    '│ entries    │ 1,200 read, 2 skipped  ',
  );
  expect(linesOf({ read: 0, skipped: 0, refused: 1 })).toContain('│ entries    │ 0 read, 1 refused  ');
  expect(linesOf(undefined)).not.toContain('entries');
});
