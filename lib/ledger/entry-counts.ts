import type { EntryCounts } from '../plan/notification.ts';

/** Of two counts of one archive the one that has seen more: a run that was cut short has seen less. */
export const mostOf = (a: EntryCounts | undefined, b: EntryCounts | undefined): EntryCounts | undefined =>
  a && b
    ? {
        read: Math.max(a.read, b.read),
        skipped: Math.max(a.skipped, b.skipped),
        refused: Math.max(a.refused, b.refused),
      }
    : (a ?? b);
