import type { SenderMapping, StateStore } from './govern/ports.ts';
import type { Receipt } from './ledger/receipt.ts';
import type { Report } from './ledger/report.ts';
import { govern } from './tune/governor.ts';
import type {
  Decision,
  GovernorSettings,
  GovernorState,
  Observation,
  SenderWindow,
} from './tune/governor-state.ts';

export interface GovernorDependencies {
  readonly settings: GovernorSettings;
  readonly mapping: SenderMapping;
  readonly states: StateStore;
  readonly readDepth: () => Promise<Pick<Observation, 'chunksWaiting' | 'chunksInWork'>>;
  readonly readWindow: (nowMs: number) => Promise<SenderWindow | undefined>;
  /** When the secret was last changed, if that is known. */
  readonly readCredentialsChange: () => Promise<number | undefined>;
  /** Imports that run at this moment; only the most recent ones where there are many. */
  readonly listRunning: (nowMs: number) => Promise<readonly Pick<Report, 'importId' | 'source'>[]>;
  readonly sendReceipts: (receipts: readonly Receipt[]) => Promise<unknown>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface GovernorRun {
  readonly seen: Observation;
  readonly decision: Decision;
  readonly isPaused: boolean;
}

/**
 * Looks once, decides and acts. A change is written down before it is made, so that of two runs at a time one holds;
 * imports that are running are told of it through their reports.
 */
export const runGovernor = async (dependencies: GovernorDependencies): Promise<GovernorRun> => {
  const { mapping, states, settings } = dependencies;
  const { state, version } = await states.load();
  const seen = await observe(state, dependencies);
  const { state: next, decision } = govern(state, seen, settings);
  const run = { seen, decision, isPaused: next.refusedSinceMs !== null };
  const held = (reason: string): GovernorRun => ({
    ...run,
    decision: { kind: 'hold', workers: seen.workers, reason },
  });
  const isNew = JSON.stringify(next) !== JSON.stringify(state);
  if (isNew && !(await states.save(next, version))) return held('Another run of the governor was faster.');
  if (decision.kind === 'hold') return run;
  if (!(await mapping.apply(decision))) return held('The mapping takes no change now.');
  await tellImports(run, dependencies);
  return run;
};

/** Asks for what costs something only where it can matter. */
const observe = async (state: GovernorState, dependencies: GovernorDependencies): Promise<Observation> => {
  const { mapping, readDepth, readWindow, readCredentialsChange, now } = dependencies;
  const atMs = now();
  const [fleet, depth] = await Promise.all([mapping.read(), readDepth()]);
  const isPaused = state.refusedSinceMs !== null;
  const isBusy = depth.chunksWaiting + depth.chunksInWork > 0;
  return {
    atMs,
    ...fleet,
    ...depth,
    window: isBusy && !isPaused && fleet.mapping === 'enabled' ? await readWindow(atMs) : undefined,
    credentialsChangedAtMs: isPaused ? await readCredentialsChange() : undefined,
  };
};

const tellImports = async (
  { seen, decision }: GovernorRun,
  { listRunning, sendReceipts }: GovernorDependencies,
): Promise<void> => {
  const { kind, workers, reason } = decision;
  const from = kind === 'resume' ? 0 : seen.workers;
  const to = kind === 'pause' ? 0 : workers;
  const running = await listRunning(seen.atMs);
  await sendReceipts(
    running.map(({ importId, source }) => ({
      v: 1,
      kind: 'governed',
      importId,
      source,
      atMs: seen.atMs,
      from,
      to,
      reason,
    })),
  );
};
