import type { EntryCounts } from '../plan/notification.ts';
import { addCounts, countReason } from '../plan/progress.ts';
import { noTime, type StageTimes } from '../plan/stage-times.ts';
import { adviceOf } from '../tune/advice.ts';
import { bottleneckOf } from '../tune/bottleneck.ts';
import type { Knobs } from '../tune/knobs.ts';
import { clearBit, common, countBits, hasBit, readBitmap, setBit, writeBitmap } from './bitmap.ts';
import { mostOf } from './entry-counts.ts';
import { type GovernedChange, withChange } from './governed.ts';
import { type Failure, GIVEN_UP, PARTIAL_CODES, type Receipt } from './receipt.ts';
import type { Report } from './report.ts';
import { saysMore } from './says-more.ts';
import { timingOf } from './timing.ts';

const FAILURES_MAX = 10;
/** Distinct reasons that a report keeps apart; a chunk has at most 51. */
const REASONS_MAX = 500;

type Tally = {
  -readonly [K in 'records' | 'bytes' | 'requests']: Record<string, number> & Report[K];
} & {
  readonly importId: string;
  source: Report['source'];
  total: number | null;
  entries: EntryCounts | undefined;
  done: Buffer;
  failed: Buffer;
  rejectsUri: string | null;
  responsesUri: string | null;
  byReason: Record<string, number>;
  startedAtMs: number;
  lastAtMs: number;
  readonly stages: StageTimes;
  choppyMs: number;
  tuning: Knobs | undefined;
  memory: { budgetMB: number; peakMB: number };
  failures: (Failure & { readonly chunk: number | null; readonly atMs?: number })[];
  governor: readonly GovernedChange[];
};

/**
 * The report after further receipts of the same import. Each chunk counts once, whatever comes twice,
 * late or in another order; a chunk that is done after it was given up is done.
 *
 * @param report as it stands, or undefined before the first receipt
 * @param receipts at least one where there is no report yet
 */
export const foldReceipts = (report: Report | undefined, receipts: readonly Receipt[]): Report => {
  const first = receipts[0];
  if (!report && !first) throw new RangeError('There is no report yet and no receipt to make one from.');
  const tally = report ? tallyOf(report) : emptyTally(first!);
  for (const receipt of receipts) foldOne(tally, receipt);
  return reportOf(tally);
};

const foldOne = (tally: Tally, receipt: Receipt): void => {
  // A failure before the source was looked at does not know its size.
  if (saysMore(receipt.source, tally.source)) tally.source = receipt.source;
  switch (receipt.kind) {
    case 'planned':
      foldPlan(tally, receipt);
      return;
    case 'import-failed':
      foldPlan(tally, receipt);
      addFailure(tally, null, receipt.failure);
      return;
    case 'chunk-failed':
      foldFailedChunk(tally, receipt);
      return;
    case 'governed':
      tally.governor = withChange(tally.governor, receipt);
      return;
    case 'chunk-done':
      foldDoneChunk(tally, receipt);
  }
};

const foldPlan = (
  tally: Tally,
  { chunks, entries, atMs }: Extract<Receipt, { kind: 'planned' | 'import-failed' }>,
): void => {
  if (chunks !== undefined) tally.total = Math.max(tally.total ?? 0, chunks);
  tally.entries = mostOf(tally.entries, entries);
  tally.startedAtMs = Math.min(tally.startedAtMs, atMs);
};

const foldFailedChunk = (
  tally: Tally,
  { chunk, failure, atMs, responsesUri }: Extract<Receipt, { kind: 'chunk-failed' }>,
): void => {
  tally.lastAtMs = Math.max(tally.lastAtMs, atMs);
  tally.responsesUri = responsesUri ?? tally.responsesUri;
  if (hasBit(tally.done, chunk)) return;
  tally.failed = setBit(tally.failed, chunk);
  addFailure(tally, chunk, failure);
};

const foldDoneChunk = (tally: Tally, receipt: Extract<Receipt, { kind: 'chunk-done' }>): void => {
  const { chunk, progress } = receipt;
  if (hasBit(tally.done, chunk)) return;
  tally.done = setBit(tally.done, chunk);
  tally.failures = tally.failures.filter((failure) => failure.chunk !== chunk);
  if (receipt.failure) {
    tally.failed = setBit(tally.failed, chunk);
    addFailure(tally, chunk, receipt.failure);
  } else clearBit(tally.failed, chunk);
  addCounts(tally.records, progress.records);
  addCounts(tally.bytes, progress.bytes);
  addCounts(tally.requests, progress.requests);
  for (const [reason, count] of Object.entries(progress.byReason)) {
    countReason(tally.byReason, reason, { count, reasonsMax: REASONS_MAX });
  }
  addCounts(tally.stages, progress.stageMs);
  tally.choppyMs += progress.choppyMs;
  tally.tuning = firstOf(tally.tuning, receipt.tuning);
  tally.rejectsUri = receipt.rejectsUri ?? tally.rejectsUri;
  tally.responsesUri = receipt.responsesUri ?? tally.responsesUri;
  tally.startedAtMs = Math.min(tally.startedAtMs, progress.startedAtMs);
  tally.lastAtMs = Math.max(tally.lastAtMs, receipt.atMs);
  tally.memory.budgetMB = Math.max(tally.memory.budgetMB, receipt.budgetMB);
  tally.memory.peakMB = Math.max(tally.memory.peakMB, progress.peakMB);
};

/** One import has one set of knobs, unless it was split again after a deploy: then the order must not matter. */
const firstOf = (a: Knobs | undefined, b: Knobs | undefined): Knobs | undefined =>
  a && b && compare(JSON.stringify(b), JSON.stringify(a)) < 0 ? b : (a ?? b);

/**
 * Of two reasons for one chunk the one that sorts first stays, so that their order does not matter; but any reason
 * says more than that the chunk was given up.
 */
const addFailure = (tally: Tally, chunk: number | null, failure: Failure): void => {
  const all = [...tally.failures, { chunk, code: failure.code, message: failure.message }];
  all.sort(
    (a, b) =>
      (a.chunk ?? -1) - (b.chunk ?? -1) ||
      Number(a.code === GIVEN_UP) - Number(b.code === GIVEN_UP) ||
      compare(a.code, b.code) ||
      compare(a.message, b.message),
  );
  tally.failures = all
    .filter((item, i) => i === 0 || item.chunk !== all[i - 1]!.chunk)
    .slice(0, FAILURES_MAX);
};

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const emptyTally = ({ importId, source }: Receipt): Tally => ({
  importId,
  source,
  total: null,
  entries: undefined,
  done: Buffer.alloc(0),
  failed: Buffer.alloc(0),
  records: { read: 0, imported: 0, rejected: 0, filtered: 0 },
  bytes: { read: 0, sent: 0, compressed: 0 },
  requests: { total: 0, retried: 0, throttled: 0 },
  rejectsUri: null,
  responsesUri: null,
  byReason: {},
  startedAtMs: Number.MAX_SAFE_INTEGER,
  lastAtMs: 0,
  stages: noTime(),
  choppyMs: 0,
  tuning: undefined,
  memory: { budgetMB: 0, peakMB: 0 },
  failures: [],
  governor: [],
});

const tallyOf = (report: Report): Tally => ({
  importId: report.importId,
  source: report.source,
  total: report.chunks.total,
  entries: report.entries,
  done: readBitmap(report.ledger.done),
  failed: readBitmap(report.ledger.failed),
  records: { ...report.records },
  bytes: { ...report.bytes },
  requests: { ...report.requests },
  rejectsUri: report.rejects.uri,
  responsesUri: report.responses?.uri ?? null,
  byReason: { ...report.rejects.byReason },
  startedAtMs: report.ledger.startedAtMs,
  lastAtMs: report.ledger.lastAtMs,
  memory: { ...report.memory },
  failures: [...report.failures],
  tuning: report.tuning,
  // Absent from reports of earlier versions.
  stages: { ...noTime(), ...report.timing.stages },
  choppyMs: report.timing.choppyMs ?? 0,
  governor: report.governor ?? [],
});

const reportOf = (tally: Tally): Report => {
  // A chunk that is in both was counted as far as it could be read.
  const done = countBits(tally.done) - countBits(common(tally.done, tally.failed));
  const failed = countBits(tally.failed);
  const state = stateOf(tally, done, failed);
  const chunks = { total: tally.total, done, failed };
  const timing = timingOf(tally, state !== 'running');
  const bottleneck = bottleneckOf(tally.stages, tally.choppyMs);
  return {
    v: 1,
    importId: tally.importId,
    source: tally.source,
    state,
    chunks,
    ...(tally.entries && { entries: tally.entries }),
    records: tally.records,
    bytes: tally.bytes,
    requests: tally.requests,
    rejects: { uri: tally.rejectsUri, byReason: sortedByKey(tally.byReason) },
    ...(tally.responsesUri !== null && { responses: { uri: tally.responsesUri } }),
    timing,
    memory: tally.memory,
    bottleneck,
    advice: adviceOf({ ...tally, chunks, timing, bottleneck }),
    ...(tally.tuning && { tuning: tally.tuning }),
    failures: state === 'complete' ? [] : tally.failures,
    governor: tally.governor,
    ledger: {
      done: writeBitmap(trimmed(tally.done)),
      failed: writeBitmap(trimmed(tally.failed)),
      startedAtMs: tally.startedAtMs,
      lastAtMs: tally.lastAtMs,
    },
  };
};

/**
 * A source that is found gone or changed when its notification comes a second time has not failed if
 * the chunks of the first time are all done.
 */
const stateOf = ({ total, failures }: Tally, done: number, failed: number): Report['state'] => {
  const isComplete = total !== null && done >= total;
  if (failures.some(({ chunk, code }) => chunk === null && !(isComplete && !PARTIAL_CODES.has(code))))
    return 'failed';
  if (total === null || done + failed < total) return 'running';
  return failed > 0 ? 'failed' : 'complete';
};

const sortedByKey = (counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => compare(a, b)));

/** Without the zero bytes at its end, whose number depends on the order in which it grew. */
const trimmed = (bitmap: Buffer): Buffer =>
  bitmap.subarray(0, bitmap.findLastIndex((byte) => byte !== 0) + 1);
