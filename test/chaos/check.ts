import { isDeepStrictEqual } from 'node:util';
import { hasBit, readBitmap } from '../../lib/ledger/bitmap.ts';
import type { Report } from '../../lib/ledger/report.ts';
import { addCounts } from '../../lib/plan/progress.ts';
import { checkAnswers } from './check-answers.ts';
import { type Expected, eventKeys, expectedOf, rejectKeys } from './expected.ts';
import type { Schedule } from './schedule.ts';
import type { Outcome } from './simulate.ts';

/** `lost`: a record or a message is gone without a word. `twice`: something stands there twice. */
export interface Problem {
  readonly kind: 'lost' | 'twice' | 'wrong';
  readonly text: string;
}

/** What an import must have left behind, whatever happened to it on the way. */
export const check = (schedule: Schedule, outcome: Outcome, ideal: Outcome): Problem[] => {
  const [report, ...others] = outcome.reports;
  if (!outcome.isOver) return [lost('messages are left, and nothing will ever happen to them')];
  if (!report) return [lost('there is no report')];
  if (others.length > 0) return [wrong(`${others.length + 1} imports were made of one file`)];
  if (report.state === 'running')
    return [lost(`every queue is empty and the report still says running: ${shown(report.chunks)}`)];
  const expected = expectedOf(schedule, ideal, outcome);
  const isWhole = endsAs(report, expected.report);
  return [
    ...checkKills(outcome),
    ...checkNothingTwice(outcome, expected),
    ...(isWhole ? checkComplete : checkFailed)(outcome, expected, report),
    ...(isWhole ? checkAnswers(schedule, outcome, report) : []),
  ];
};

/** A file that is broken fails whatever happens; if it fails for nothing else, all else must be there. */
const endsAs = ({ state, failures }: Report, ideal: Report): boolean =>
  state === 'complete' || (state === ideal.state && isDeepStrictEqual(failures, ideal.failures));

type Check = (outcome: Outcome, expected: Expected, report: Report) => Problem[];

/** Senders that a record must have killed alone before it is rejected for it. */
const KILLS_EACH = 3;

/** A record may only be taken for the cause where senders were killed. */
const checkKills = ({ rejects, kills }: Outcome): Problem[] => {
  const blamed = rejects.filter(({ reason }) => reason === 'SENDER_KILLED').length;
  return kills.sender >= KILLS_EACH * blamed
    ? []
    : [wrong(`${blamed} records are blamed for ${kills.sender} kills`)];
};

const checkNothingTwice = (outcome: Outcome, expected: Expected): Problem[] => {
  const strangers = eventKeys(outcome.accepted).filter((key) => !expected.events.has(key));
  const rejects = rejectKeys(outcome.rejects);
  const repeated = rejects.filter((key, i) => rejects.indexOf(key) !== i);
  return [
    ...strangers.slice(0, 3).map((key) => twice(`an event that no record stands for: ${key}`)),
    ...(strangers.length > 3 ? [twice(`${strangers.length} events that no record stands for`)] : []),
    ...repeated.slice(0, 3).map((key) => twice(`a rejection written more than once: ${key}`)),
  ];
};

const checkComplete: Check = (outcome, expected, report) => {
  const [is, should] = [comparable(report), comparable(expected.report)];
  const isSame = isDeepStrictEqual(is, should);
  return [
    ...checkRecords(outcome, expected, { needed: expected.needed, isDone: () => true }),
    ...(isSame ? [] : [wrong(`the report says ${shown(is)}, not ${shown(should)}`)]),
  ];
};

/** A failed import may lack records, but only those of chunks that the report does not count. */
const checkFailed: Check = (outcome, expected, report) => {
  const [done, failed] = [report.ledger.done, report.ledger.failed].map(readBitmap) as [Buffer, Buffer];
  const isWholeFailed = report.failures.some(({ chunk }) => chunk === null);
  const chunks = [...expected.chunks.keys()];
  const silent = chunks.filter((chunk) => !hasBit(done, chunk) && !hasBit(failed, chunk) && !isWholeFailed);
  const sum = { read: 0, imported: 0, rejected: 0, filtered: 0 };
  for (const [chunk, { counts }] of expected.chunks.entries())
    if (hasBit(done, chunk)) addCounts(sum, counts);
  const isDone = (chunk: number): boolean => hasBit(done, chunk);
  const needed = expected.chunks.flatMap(({ events }, chunk) => (isDone(chunk) ? events : []));
  const isSum = isDeepStrictEqual(report.records, sum);
  return [
    ...(report.failures.length > 0 ? [] : [wrong('a failed import without a reason')]),
    ...(hasCause(outcome) ? [] : [wrong(`a failed import without a cause: ${shown(report.failures)}`)]),
    ...silent.map((chunk) => lost(`chunk ${chunk} is neither done nor failed`)),
    ...(isSum ? [] : [wrong(`chunks that are done make ${shown(sum)}, not ${shown(report.records)}`)]),
    ...checkRecords(outcome, expected, { needed, isDone }),
  ];
};

interface Done {
  /** Keys of events. */
  readonly needed: readonly string[];
  readonly isDone: (chunk: number) => boolean;
}

/** Of chunks that are done everything is there, and nothing that no record stands for. */
const checkRecords = (outcome: Outcome, expected: Expected, { needed, isDone }: Done): Problem[] => {
  const missing = missingFrom(eventKeys(outcome.accepted), needed);
  const rejects = rejectKeys(expected.rejects.filter(({ place }) => isDone(place.chunk)));
  const unwritten = missingFrom(rejectKeys(outcome.rejects), rejects);
  const invented = missingFrom(rejectKeys(expected.rejects), rejectKeys(outcome.rejects));
  return [
    ...(missing.length > 0 ? [lost(`${missing.length} events, the first is ${missing[0]}`)] : []),
    ...(unwritten.length > 0 ? [lost(`${unwritten.length} rejections, the first is ${unwritten[0]}`)] : []),
    ...(invented.length > 0 ? [wrong(`rejections that nothing stands for: ${invented[0]}`)] : []),
  ];
};

/** Whoever fails must have said so, or been given up by its queue. */
const hasCause = ({ dead, receipts }: Outcome): boolean =>
  dead.intake.length + dead.chunks.length > 0 ||
  receipts.some(({ kind }) => kind === 'chunk-failed' || kind === 'import-failed');

/** A report without what depends on how it went: time, requests, waits, memory. */
const comparable = ({ importId, source, state, chunks, records, bytes, rejects, failures }: Report) => ({
  importId,
  source,
  state,
  chunks,
  records,
  bytesRead: bytes.read,
  rejects,
  failures,
});

const missingFrom = (has: readonly string[], should: readonly string[]): string[] => {
  const known = new Set(has);
  return should.filter((key) => !known.has(key));
};

const shown = (value: unknown): string => JSON.stringify(value);
const lost = (text: string): Problem => ({ kind: 'lost', text });
const twice = (text: string): Problem => ({ kind: 'twice', text });
const wrong = (text: string): Problem => ({ kind: 'wrong', text });
