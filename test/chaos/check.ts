import { isDeepStrictEqual } from 'node:util';
import { hasBit, readBitmap } from '../../lib/ledger/bitmap.ts';
import type { Report } from '../../lib/ledger/report.ts';
import { chunkOf, eventKeys, expectedByChunk, rejectKeys } from './expected.ts';
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
  return [
    ...checkNothingTwice(outcome, ideal),
    ...(report.state === 'complete' ? checkComplete : checkFailed)(schedule, outcome, ideal, report),
  ];
};

type Check = (schedule: Schedule, outcome: Outcome, ideal: Outcome, report: Report) => Problem[];

const checkNothingTwice = (outcome: Outcome, ideal: Outcome): Problem[] => {
  const expected = new Set(eventKeys(ideal.accepted));
  const strangers = eventKeys(outcome.accepted).filter((key) => !expected.has(key));
  const rejects = rejectKeys(outcome.rejects);
  const repeated = rejects.filter((key, i) => rejects.indexOf(key) !== i);
  return [
    ...strangers.slice(0, 3).map((key) => twice(`an event that no record stands for: ${key}`)),
    ...(strangers.length > 3 ? [twice(`${strangers.length} events that no record stands for`)] : []),
    ...repeated.slice(0, 3).map((key) => twice(`a rejection written more than once: ${key}`)),
  ];
};

const checkComplete: Check = (_, outcome, ideal, report) => {
  const [idealReport] = ideal.reports;
  const problems: Problem[] = [];
  const missing = missingFrom(eventKeys(outcome.accepted), eventKeys(ideal.accepted));
  if (missing.length > 0) problems.push(lost(`${missing.length} events, the first is ${missing[0]}`));
  const unwritten = missingFrom(rejectKeys(outcome.rejects), rejectKeys(ideal.rejects));
  if (unwritten.length > 0)
    problems.push(lost(`${unwritten.length} rejections, the first is ${unwritten[0]}`));
  const invented = missingFrom(rejectKeys(ideal.rejects), rejectKeys(outcome.rejects));
  if (invented.length > 0) problems.push(wrong(`rejections of good records: ${invented[0]}`));
  const [is, should] = [comparable(report), comparable(idealReport!)];
  if (!isDeepStrictEqual(is, should))
    problems.push(wrong(`the report says ${shown(is)}, not ${shown(should)}`));
  return problems;
};

/** A failed import may lack records, but only those of chunks that the report does not count. */
const checkFailed: Check = (schedule, outcome, ideal, report) => {
  const problems: Problem[] = [];
  if (report.failures.length === 0) problems.push(wrong('a failed import without a reason'));
  if (!hasCause(outcome)) problems.push(wrong(`a failed import without a cause: ${shown(report.failures)}`));
  const done = readBitmap(report.ledger.done);
  const failed = readBitmap(report.ledger.failed);
  const isWholeFailed = report.failures.some(({ chunk }) => chunk === null);
  const { counts, events } = expectedByChunk(schedule, ideal);
  const sum = { read: 0, imported: 0, rejected: 0, filtered: 0 };
  const accepted = new Set(eventKeys(outcome.accepted));
  for (const [chunk, records] of counts.entries()) {
    if (!hasBit(done, chunk)) {
      if (!hasBit(failed, chunk) && !isWholeFailed)
        problems.push(lost(`chunk ${chunk} is neither done nor failed`));
      continue;
    }
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += records[key];
    const missing = events[chunk]!.filter((key) => !accepted.has(key));
    if (missing.length > 0) problems.push(lost(`${missing.length} events of chunk ${chunk}, which is done`));
  }
  if (!isDeepStrictEqual(report.records, sum))
    problems.push(
      wrong(`the chunks that are done make ${shown(sum)}, the report says ${shown(report.records)}`),
    );
  return [...problems, ...checkRejectsOfDone(outcome, ideal, done)];
};

const checkRejectsOfDone = (outcome: Outcome, ideal: Outcome, done: Buffer): Problem[] => {
  const isOfDone = ({ place }: Outcome['rejects'][number]): boolean =>
    hasBit(done, chunkOf(ideal, place.offset));
  const unwritten = missingFrom(rejectKeys(outcome.rejects), rejectKeys(ideal.rejects.filter(isOfDone)));
  const invented = missingFrom(rejectKeys(ideal.rejects), rejectKeys(outcome.rejects));
  return [
    ...(unwritten.length > 0 ? [lost(`${unwritten.length} rejections of chunks that are done`)] : []),
    ...(invented.length > 0 ? [wrong(`rejections of good records: ${invented[0]}`)] : []),
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
