import Table from 'cli-table3';
import type { Problem } from './check.ts';
import { FAULT_KINDS, type FaultKind, SCHEDULED_FAULTS, type ScheduledFault } from './faults.ts';
import type { SeedResult } from './run.ts';

const SEEDS_SHOWN_MAX = 20;

/** What was done to how many imports, and what became of them. */
export const summaryText = (results: readonly SeedResult[]): string => {
  const table = new Table({
    style: { compact: true, head: [], border: [] },
    head: ['fault', 'times', 'schedules', 'complete', 'failed', 'wrong'],
  });
  for (const kind of [...SCHEDULED_FAULTS, ...FAULT_KINDS]) {
    const hit = results.filter(({ struck }) => struck.has(kind));
    if (hit.length > 0) table.push(rowOf(kind, hit));
  }
  return `${table.toString()}\n${failingText(results)}${totalText(results)}\n`;
};

const rowOf = (kind: FaultKind | ScheduledFault, hit: readonly SeedResult[]): (string | number)[] => [
  kind,
  hit.reduce((sum, { struck }) => sum + struck.get(kind)!, 0),
  hit.length,
  countOf(hit, ({ state }) => state === 'complete'),
  countOf(hit, ({ state }) => state === 'failed'),
  countOf(hit, ({ problems }) => problems.length > 0),
];

const failingText = (results: readonly SeedResult[]): string => {
  const failing = results.filter(({ problems }) => problems.length > 0);
  return failing
    .slice(0, SEEDS_SHOWN_MAX)
    .map(
      ({ seed, problems }) =>
        `seed ${seed}: ${problems.map(({ kind, text }) => `${kind}: ${text}`).join('; ')}\n`,
    )
    .join('');
};

const totalText = (results: readonly SeedResult[]): string => {
  const having = (kind: Problem['kind']): number =>
    countOf(results, ({ problems }) => problems.some((problem) => problem.kind === kind));
  const complete = countOf(results, ({ state }) => state === 'complete');
  const redriven = countOf(results, ({ redrives }) => redrives > 0);
  const sum = (what: 'splits' | 'chunks'): number =>
    results.reduce((total, { continued }) => total + continued[what], 0);
  return [
    `${sum('splits')} splits and ${sum('chunks')} chunks were continued by another run`,
    `${complete} complete, ${countOf(results, ({ state }) => state === 'failed')} failed and say so, ${redriven} of them after a redrive of dead letters`,
    `${results.length} schedules, ${having('lost')} lost, ${having('twice')} twice, ${having('wrong')} wrong counts`,
  ].join('\n');
};

const countOf = (results: readonly SeedResult[], is: (result: SeedResult) => boolean): number =>
  results.filter(is).length;
