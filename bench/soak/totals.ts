import type { GovernorRun } from '../../lib/governor.ts';
import type { FunctionHostStats } from '../../local/functions/host.ts';
import type { FunctionKind } from '../function-processes.ts';
import type { FileResult } from './files.ts';
import { killedRecords } from './judge.ts';

const PROBLEMS_KEPT_MAX = 100;

/** What has happened so far, in all phases. */
export interface Totals {
  readonly files: number;
  readonly problems: readonly string[];
  /** Distinct events that the project should have, by what it said of each file. */
  readonly present: number;
  nextFile(): number;
  addResult(result: FileResult): void;
  addPresent(events: number): void;
  addProblem(problem: string): void;
  addKills(killed: Readonly<Record<FunctionKind, number>>): void;
  addInvocations(stats: FunctionHostStats): void;
  addGovernorRun(run: GovernorRun): void;
  summary(): object;
}

/** @param onProblem told of each problem as it is found */
export const createTotals = (onProblem: (problem: string) => void): Totals => {
  const problems: string[] = [];
  const counts = { files: 0, imports: 0, complete: 0, failed: 0, present: 0 };
  const records = { read: 0, imported: 0, rejected: 0, killed: 0 };
  const requests = { total: 0, retried: 0, throttled: 0 };
  const killed = { splitter: 0, sender: 0, ledger: 0 };
  const functions = { invocations: 0, errors: 0, outOfMemory: 0, timeout: 0, exit: 0 };
  const governor: Record<string, number> = {};
  const kinds: Record<string, number> = {};
  const addProblem = (problem: string): void => {
    onProblem(problem);
    if (problems.length < PROBLEMS_KEPT_MAX) problems.push(problem);
  };
  return {
    problems,
    get files() {
      return counts.files;
    },
    get present() {
      return counts.present;
    },
    nextFile: () => counts.files++,
    addResult: ({ spec, reports, problems: found }) => {
      const { name } = spec.kind;
      for (const report of reports) {
        counts.imports += 1;
        counts[report.state === 'complete' ? 'complete' : 'failed'] += 1;
        addAll(records, { ...report.records, killed: killedRecords(report) });
        addAll(requests, report.requests);
        kinds[name] = (kinds[name] ?? 0) + 1;
      }
      for (const problem of found) addProblem(`file ${spec.number} (${name}): ${problem}`);
    },
    addPresent: (events) => {
      counts.present += events;
    },
    addProblem,
    addKills: (more) => addAll(killed, more),
    addInvocations: ({ invocations, errors, killed: ended }) => {
      const { 'out-of-memory': outOfMemory, timeout, exit } = ended;
      addAll(functions, { invocations, errors, outOfMemory, timeout, exit });
    },
    addGovernorRun: ({ decision }) => {
      governor[decision.kind] = (governor[decision.kind] ?? 0) + 1;
    },
    summary: () => ({ ...counts, records, requests, killed, functions, governor, kinds }),
  };
};

const addAll = (onto: Record<string, number>, more: Readonly<Record<string, number>>): void => {
  for (const name of Object.keys(onto)) onto[name] = onto[name]! + (more[name] ?? 0);
};
