import type { Report } from '../../lib/ledger/report.ts';
import type { Expected } from './expect.ts';
import type { FileSpec } from './kinds.ts';
import type { RejectsFound } from './rejects.ts';

type Judged = Pick<Report, 'state' | 'chunks' | 'records' | 'rejects' | 'failures'>;

/** Records that were given up since they kept killing senders: the report says so, and not which ones. */
export const killedRecords = ({ rejects }: Pick<Report, 'rejects'>): number =>
  rejects.byReason.SENDER_KILLED ?? 0;

/** What is wrong with the report of an import that has ended; nothing, if all is well. */
export const judgeReport = ({ kind }: FileSpec, expected: Expected, report: Judged): string[] => {
  const { read, imported, rejected, filtered } = report.records;
  const problems: string[] = [];
  if (read !== imported + rejected + filtered)
    problems.push(`does not add up: ${JSON.stringify(report.records)}`);
  if (filtered !== 0) problems.push(`${filtered} records filtered`);
  if (kind.outcome === 'corrupt') return [...problems, ...judgeCorrupt(expected, report)];
  if (kind.outcome === 'complete-or-changed' && report.state === 'failed') {
    return [...problems, ...judgeFailures(report, ['SOURCE_CHANGED']), ...judgeMost(expected, report)];
  }
  return [...problems, ...judgeComplete(expected, report)];
};

/** Whether the rejects files hold each rejected record, once. */
export const judgeRejects = ({ records: { rejected } }: Judged, found: RejectsFound): string[] =>
  found.lines === rejected && found.places === rejected
    ? []
    : [`${rejected} rejected; the rejects files hold ${JSON.stringify(found)}`];

/**
 * Compares how many distinct events of a file the project has with what the reports say, one for each drop. Chunks
 * that were not finished may have sent any number.
 */
export const judgePresence = (
  { kind }: FileSpec,
  { present, expected, reports }: { present: number; expected: Expected; reports: readonly Judged[] },
): string[] => {
  const killed = Math.max(...reports.map(killedRecords));
  const imported = Math.max(...reports.map(({ records }) => records.imported));
  const isComplete = reports.some(({ state }) => state === 'complete');
  const least = isComplete ? expected.distinct - killed : imported;
  const most = kind.outcome === 'corrupt' ? least + killed : expected.distinct;
  if (present < least) return [`${least - present} events lost of ${expected.distinct}`];
  return present > most ? [`${present - most} events that no report counts, beside ${most}`] : [];
};

const judgeComplete = (expected: Expected, report: Judged): string[] => {
  const { state, chunks, records, rejects } = report;
  if (state !== 'complete') return [`is ${state}: ${JSON.stringify(report.failures)}`];
  if (chunks.done !== chunks.total || chunks.failed > 0) return [`chunks ${JSON.stringify(chunks)}`];
  const killed = killedRecords(report);
  const isOff = records.read !== expected.read || Math.abs(expected.imported - records.imported) > killed;
  const reasons = killed > 0 || isSame(rejects.byReason, expected.byReason);
  return [
    ...(isOff ? [`says ${JSON.stringify(records)}, is ${JSON.stringify(expected)}`] : []),
    ...(reasons
      ? []
      : [`rejects ${JSON.stringify(rejects.byReason)}, not ${JSON.stringify(expected.byReason)}`]),
  ];
};

const judgeCorrupt = (expected: Expected, report: Judged): string[] => {
  const { total, done, failed } = report.chunks;
  const isWhole = total !== null && done === total && failed === 0;
  return [
    ...judgeFailures(report, ['SOURCE_CORRUPT']),
    ...(expected.imported - report.records.imported <= killedRecords(report)
      ? judgeMost(expected, report)
      : [`${report.records.imported} imported of ${expected.imported}`]),
    ...(isWhole ? [] : [`chunks ${JSON.stringify(report.chunks)}`]),
    // The line at which the file breaks.
    ...(report.records.rejected <= 1 + killedRecords(report) ? [] : [`${report.records.rejected} rejected`]),
  ];
};

const judgeMost = (expected: Expected, { records }: Judged): string[] =>
  records.imported > expected.imported ? [`${records.imported} imported of ${expected.imported}`] : [];

const judgeFailures = ({ state, failures }: Judged, known: readonly string[]): string[] => {
  const others = failures.filter(({ code }) => !known.includes(code));
  if (state !== 'failed') return [`is ${state}, should have failed`];
  return others.length > 0 ? [`failed for another reason: ${JSON.stringify(others)}`] : [];
};

/** Reasons of the API are in its own words, so only their number is compared. */
const isSame = (
  seen: Readonly<Record<string, number>>,
  expected: Readonly<Record<string, number>>,
): boolean => JSON.stringify(byCode(seen)) === JSON.stringify(byCode(expected));

const byCode = (byReason: Readonly<Record<string, number>>): [string, number][] => {
  const counts: Record<string, number> = {};
  for (const [reason, count] of Object.entries(byReason)) {
    const code = reason.split(':')[0]!;
    counts[code] = (counts[code] ?? 0) + count;
  }
  return Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
};
