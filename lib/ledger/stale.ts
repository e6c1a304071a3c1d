import type { Report } from './report.ts';

/** A chunk whose sender was killed comes again after 12 minutes; twice that and a little more is no accident. */
const STALE_MS = 30 * 60_000;

/** Whether an import that says `running` has told nothing for half an hour. */
export const isStale = ({ state, ledger }: Pick<Report, 'state' | 'ledger'>, nowMs: number): boolean => {
  const { startedAtMs, lastAtMs } = ledger;
  // Before the splitter has told, `startedAtMs` is no time yet.
  const toldAtMs = startedAtMs === Number.MAX_SAFE_INTEGER ? lastAtMs : Math.max(lastAtMs, startedAtMs);
  return state === 'running' && nowMs - toldAtMs > STALE_MS;
};
