import type { Resume } from '../plan/notification.ts';
import type { SourcePlan, SplitDependencies } from './source-plan.ts';

/** Runs of one source: a fuse, far above what a source of any size needs. */
const RUNS_MAX = 1_000;

/** Whether there may be another run after the one that began with `resume`. */
export const runsLeft = (resume: Resume | undefined): boolean => (resume?.run ?? 0) + 1 < RUNS_MAX;

/** Lets another run go on with a source. */
export const continueLater = async (
  { created, object }: SourcePlan,
  next: Omit<Resume, 'run'>,
  { continueSplit }: SplitDependencies,
): Promise<void> => {
  const run = (created.resume?.run ?? 0) + 1;
  await continueSplit({ ...created, etag: object.etag, resume: { run, ...next } });
};
