import './node-under-clock.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { check, type Problem } from './check.ts';
import { checkIdeal } from './check-ideal.ts';
import { drawSchedule, withoutFaults } from './schedule.ts';
import { type Outcome, simulate } from './simulate.ts';

const SEED = 1;
const schedule = withoutFaults(drawSchedule(SEED));
let ideal: Outcome;

beforeAll(async () => {
  ideal = await simulate(schedule);
});

type Report = Outcome['reports'][number];
const withReport = (change: (report: Report) => object): Partial<Outcome> => ({
  reports: ideal.reports.map((report) => ({ ...report, ...change(report) })),
});
const another = (event: Outcome['accepted'][number]) => ({
  ...event,
  properties: { ...event.properties, $insert_id: 'another' },
});

const damages: [string, Problem['kind'], () => Partial<Outcome>][] = [
  ['a message that is never handled', 'lost', () => ({ isOver: false })],
  ['no report', 'lost', () => ({ reports: [] })],
  ['a report that waits for ever', 'lost', () => withReport(() => ({ state: 'running' }))],
  ['an event that is missing', 'lost', () => ({ accepted: ideal.accepted.slice(1) })],
  ['an event with two ids', 'twice', () => ({ accepted: [...ideal.accepted, another(ideal.accepted[0]!)] })],
  ['a rejection that is missing', 'lost', () => ({ rejects: ideal.rejects.slice(1) })],
  [
    'a rejection that stands there twice',
    'twice',
    () => ({ rejects: [...ideal.rejects, ideal.rejects[0]!] }),
  ],
  [
    'a good record that is rejected',
    'wrong',
    () => ({ rejects: [...ideal.rejects, { ...ideal.rejects[0]!, place: { offset: 1, chunk: 0 } }] }),
  ],
  [
    'a record that counts twice',
    'wrong',
    () => withReport(({ records }) => ({ records: { ...records, read: records.read + 1 } })),
  ],
  ['a failure without a cause', 'wrong', () => withReport(() => ({ state: 'failed' }))],
];

describe('the checks of the simulation', () => {
  it('find nothing where all went well', () => {
    expect(checkIdeal(schedule, ideal)).toEqual([]);
    expect(check(schedule, ideal, ideal)).toEqual([]);
  });

  it.each(damages)('notice %s', (_, kind, damage) => {
    const problems = check(schedule, { ...ideal, ...damage() }, ideal);
    expect(problems.map((problem) => problem.kind)).toContain(kind);
  });

  it('do not go by lib/ alone in what they take for right', () => {
    const [first, ...lines] = schedule.source.lines;
    const source = { ...schedule.source, lines: [{ ...first!, fate: 'rejected' as const }, ...lines] };
    expect(checkIdeal({ ...schedule, source }, ideal).length).toBeGreaterThan(0);
  });
});
