import type { Progress } from './chunk.ts';
import { noTime } from './stage-times.ts';

/** Distinct reasons that one chunk keeps apart; further ones are counted together. */
const REASONS_MAX = 50;
const OTHER_REASON = 'OTHER';

/** A chunk of which nothing is done. */
export const startProgress = (startedAtMs: number): Progress => ({
  continuations: 0,
  startedAtMs,
  records: { read: 0, imported: 0, rejected: 0, filtered: 0 },
  bytes: { read: 0, sent: 0, compressed: 0 },
  requests: { total: 0, retried: 0, throttled: 0 },
  stageMs: noTime(),
  choppyMs: 0,
  byReason: {},
  peakMB: 0,
});

/** Adds to the count of a reason, or of all others where `reasonsMax` are known already. */
export const countReason = (
  byReason: Record<string, number>,
  reason: string,
  { count = 1, reasonsMax = REASONS_MAX }: { readonly count?: number; readonly reasonsMax?: number } = {},
): void => {
  const isKnown = Object.hasOwn(byReason, reason);
  const key = isKnown || Object.keys(byReason).length < reasonsMax ? reason : OTHER_REASON;
  byReason[key] = (byReason[key] ?? 0) + count;
};

/** Adds the numbers of `more` to those of `onto`, key by key. */
export const addCounts = (onto: Record<string, number>, more: Readonly<Record<string, number>>): void => {
  for (const [key, count] of Object.entries(more)) onto[key] = (onto[key] ?? 0) + count;
};
