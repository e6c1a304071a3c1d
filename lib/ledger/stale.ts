import type { Report } from './report.ts';

/** A message whose function was killed comes again after 12 minutes, and is given up after the seventh time. */
const GIVEN_UP_AFTER_MS = 7 * 12 * 60_000;
const STALE_MS = GIVEN_UP_AFTER_MS + 6 * 60_000;

/** Whether an import that says `running` has told nothing for an hour and a half: longer than any message lives. */
export const isStale = ({ state, ledger }: Pick<Report, 'state' | 'ledger'>, nowMs: number): boolean => {
  const { startedAtMs, lastAtMs } = ledger;
  // Before the splitter has told, `startedAtMs` is no time yet.
  const toldAtMs = startedAtMs === Number.MAX_SAFE_INTEGER ? lastAtMs : Math.max(lastAtMs, startedAtMs);
  return state === 'running' && nowMs - toldAtMs > STALE_MS;
};
