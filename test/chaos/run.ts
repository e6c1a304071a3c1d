import { check, type Problem } from './check.ts';
import { checkIdeal } from './check-ideal.ts';
import type { FaultKind, ScheduledFault } from './faults.ts';
import { drawSchedule, withoutFaults } from './schedule.ts';
import { simulate } from './simulate.ts';

/** What became of one seed. */
export interface SeedResult {
  readonly seed: number;
  readonly state: 'running' | 'complete' | 'failed' | 'none';
  readonly problems: readonly Problem[];
  readonly struck: ReadonlyMap<FaultKind | ScheduledFault, number>;
  /** How often dead letters had to be put back by an operator. */
  readonly redrives: number;
  readonly continued: { readonly splits: number; readonly chunks: number };
}

/** Runs the schedule of a seed, once without faults to know what is right, and once with them. */
export const runSeed = async (seed: number, onNote?: (line: string) => void): Promise<SeedResult> => {
  const schedule = drawSchedule(seed);
  const ideal = await simulate(withoutFaults(schedule));
  const idealProblems = checkIdeal(schedule, ideal);
  if (idealProblems.length > 0) {
    return {
      seed,
      state: 'none',
      problems: idealProblems,
      struck: new Map(),
      redrives: 0,
      continued: ideal.continued,
    };
  }
  const outcome = await simulate(schedule, onNote);
  const struck = new Map<FaultKind | ScheduledFault, number>(outcome.struck);
  for (const fault of schedule.scheduled) struck.set(fault, 1);
  return {
    seed,
    state: outcome.reports[0]?.state ?? 'none',
    problems: check(schedule, outcome, ideal),
    struck,
    redrives: outcome.redrives,
    continued: outcome.continued,
  };
};
