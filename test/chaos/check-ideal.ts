import type { Problem } from './check.ts';
import { eventKeys } from './expected.ts';
import type { Schedule } from './schedule.ts';
import type { Outcome } from './simulate.ts';

/** Where all went well, the import must be what the lines of the file say, which nothing of lib/ was asked about. */
export const checkIdeal = (
  { source, recipe }: Schedule,
  { reports, accepted, rejects }: Outcome,
): Problem[] => {
  const [report] = reports;
  if (report?.state !== 'complete')
    return [
      {
        kind: 'lost',
        text: `without any fault the import is ${report?.state}: ${JSON.stringify(report?.failures)}`,
      },
    ];
  const good = source.lines.filter(({ fate }) => fate === 'imported');
  const bad = source.lines.filter(({ fate }) => fate === 'rejected');
  const problems: Problem[] = [];
  const expect = (what: string, is: unknown, should: unknown, kind: Problem['kind'] = 'wrong'): void => {
    const [seen, wanted] = [JSON.stringify(is), JSON.stringify(should)];
    if (seen !== wanted)
      problems.push({ kind, text: `without any fault: ${what} is ${seen}, not ${wanted}` });
  };
  expect('records', report.records, {
    read: good.length + bad.length,
    imported: good.length,
    rejected: bad.length,
    filtered: 0,
  });
  expect('the places of rejections', places(rejects.map(({ place }) => place)), places(bad), 'lost');
  expect('the numbers of events', numbersOf(accepted), [...new Set(good.map(({ n }) => n))], 'lost');
  const unique = recipe.insertId === 'content' ? new Set(good.map(({ n }) => n)).size : uniqueByPlace(good);
  expect('the number of events', new Set(eventKeys(accepted)).size, unique, 'twice');
  return problems;
};

const places = (all: readonly { readonly offset: number }[]): number[] =>
  all.map(({ offset }) => offset).toSorted((a, b) => a - b);

const numbersOf = (accepted: Outcome['accepted']): number[] =>
  [...new Set(accepted.map(({ properties }) => Number(properties.n)))].toSorted((a, b) => a - b);

/** Records with an id of their own stay one event, wherever they stand. */
const uniqueByPlace = (good: readonly { readonly n: number }[]): number => {
  const withOwnId = good.filter(({ n }) => n % 3 === 0);
  return good.length - withOwnId.length + new Set(withOwnId.map(({ n }) => n)).size;
};
