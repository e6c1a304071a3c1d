import type { StageTimes } from '../plan/stage-times.ts';
import type { Report } from './report.ts';

export interface Times {
  /** Larger than any time while nothing has started. */
  readonly startedAtMs: number;
  readonly lastAtMs: number;
  readonly records: { readonly imported: number };
  readonly stages: Readonly<StageTimes>;
  readonly choppyMs: number;
}

/** How long an import took, how fast it was, and where the time went. */
export const timingOf = (
  { startedAtMs, lastAtMs, records, stages, choppyMs }: Times,
  hasEnded: boolean,
): Report['timing'] => {
  const startMs = startedAtMs < Number.MAX_SAFE_INTEGER ? startedAtMs : lastAtMs;
  const endMs = Math.max(lastAtMs, startMs);
  const seconds = (endMs - startMs) / 1_000;
  return {
    startedAt: new Date(startMs).toISOString(),
    finishedAt: hasEnded ? new Date(endMs).toISOString() : null,
    seconds,
    eventsPerSecond: seconds > 0 ? Math.round(records.imported / seconds) : 0,
    stages,
    choppyMs,
  };
};
