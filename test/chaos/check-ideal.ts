import type { Report } from '../../lib/ledger/report.ts';
import type { Problem } from './check.ts';
import { checkAnswers } from './check-answers.ts';
import { eventKeys } from './expected.ts';
import type { Schedule } from './schedule.ts';
import type { Outcome } from './simulate.ts';
import type { Line } from './source.ts';

/** Where all went well, the import must be what the records of the file say, which nothing of lib/ was asked about. */
export const checkIdeal = (schedule: Schedule, outcome: Outcome): Problem[] => {
  const [report] = outcome.reports;
  const { isBroken, lines } = schedule.source;
  if (report?.state !== (isBroken ? 'failed' : 'complete')) {
    const failures = JSON.stringify(report?.failures);
    return [{ kind: 'lost', text: `without any fault the import is ${report?.state}: ${failures}` }];
  }
  const read = isBroken ? linesBefore(lines, outcome) : lines;
  return [
    ...(isBroken ? checkBroken(report) : []),
    ...checkLines(read, schedule, outcome),
    ...checkAnswers(schedule, outcome, report),
  ];
};

/** All that could be read is there, and the report says where it ended. */
const checkBroken = ({ failures, chunks }: Report): Problem[] => {
  const isCorrupt = failures.length === 1 && failures[0]!.code === 'SOURCE_CORRUPT';
  return isCorrupt && chunks.done === chunks.total
    ? []
    : [{ kind: 'wrong', text: `a broken file: ${JSON.stringify({ failures, chunks })}` }];
};

/** Those before the place where a file breaks, and the record that breaks there, if one does. */
const linesBefore = (lines: readonly Line[], { rejects, reports }: Outcome): Line[] => {
  const bad = new Set(lines.filter(({ fate }) => fate === 'rejected').map(({ offset }) => offset));
  const cut = rejects.find(({ place }) => !bad.has(place.offset))?.place;
  if (cut) return [...lines.filter(({ offset }) => offset < cut.offset), { ...cut, n: -1, fate: 'rejected' }];
  const records = lines.filter(({ fate }) => fate !== 'blank');
  return records.slice(0, reports[0]!.records.read);
};

const checkLines = (
  lines: readonly Line[],
  { recipe }: Schedule,
  { reports, accepted, rejects }: Outcome,
): Problem[] => {
  const good = lines.filter(({ fate }) => fate === 'imported');
  const bad = lines.filter(({ fate }) => fate === 'rejected');
  const problems: Problem[] = [];
  const expect = (what: string, is: unknown, should: unknown, kind: Problem['kind'] = 'wrong'): void => {
    const [seen, wanted] = [JSON.stringify(is), JSON.stringify(should)];
    if (seen !== wanted)
      problems.push({ kind, text: `without any fault: ${what} is ${seen}, not ${wanted}` });
  };
  expect('records', reports[0]!.records, {
    read: good.length + bad.length,
    imported: good.length,
    rejected: bad.length,
    filtered: 0,
  });
  expect('the places of rejections', places(rejects.map(({ place }) => place)), places(bad), 'lost');
  expect('the numbers of events', numbersOf(accepted), [...new Set(good.map(({ n }) => n))], 'lost');
  const unique = recipe.insertId === 'content' ? new Set(good.map(({ n }) => n)).size : uniqueByPlace(good);
  expect('what was cut in two', accepted.filter(({ properties }) => !isWhole(properties.pad)).length, 0);
  expect('the number of events', new Set(eventKeys(accepted)).size, unique, 'twice');
  return problems;
};

/** As every record was drawn. */
const isWhole = (pad: unknown): boolean => typeof pad === 'string' && pad.endsWith('.');

const places = (all: readonly { readonly offset: number }[]): number[] =>
  all.map(({ offset }) => offset).toSorted((a, b) => a - b);

const numbersOf = (accepted: Outcome['accepted']): number[] =>
  [...new Set(accepted.map(({ properties }) => Number(properties.n)))].toSorted((a, b) => a - b);

/** Records with an id of their own stay one event, wherever they stand. */
const uniqueByPlace = (good: readonly { readonly n: number }[]): number => {
  const withOwnId = good.filter(({ n }) => n % 3 === 0);
  return good.length - withOwnId.length + new Set(withOwnId.map(({ n }) => n)).size;
};
