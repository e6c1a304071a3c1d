import type { Receipt } from './receipt.ts';

/** A change that the governor made while an import was running. */
export interface GovernedChange {
  /** ISO 8601. */
  readonly at: string;
  /** Senders before and after; 0 while paused. */
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

/** Of many changes the first and the last are kept: how it began, and where it came to. */
const FIRST_MAX = 5;
const LAST_MAX = 15;

/** The changes with one more, in the order of their time; the same whatever comes twice or in another order. */
export const withChange = (
  changes: readonly GovernedChange[],
  { atMs, from, to, reason }: Extract<Receipt, { kind: 'governed' }>,
): GovernedChange[] => {
  const change = { at: new Date(atMs).toISOString(), from, to, reason };
  const byKey = new Map([...changes, change].map((each) => [keyOf(each), each]));
  const sorted = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  return sorted.filter((_, i) => i < FIRST_MAX || i >= sorted.length - LAST_MAX);
};

const keyOf = ({ at, from, to, reason }: GovernedChange): string => JSON.stringify([at, from, to, reason]);
