import type { FaultKind } from './faults.ts';

/** Totals over `/import` since the start or the last reset. */
export interface SimulatorStats {
  requests: number;
  /** Events reported as imported, duplicates included. */
  accepted: number;
  /** Accepted events that a query would count; null when the simulator keeps counts only. */
  unique: number | null;
  /** Events listed in `failed_records`, or dropped without `strict=1`. */
  rejected: number;
  /** Accepted events that carried `$ignore`, which are dropped silently. */
  ignored: number;
  /** Requests answered 429, by quota or by fault. */
  throttled: number;
  bytesCompressed: number;
  bytesUncompressed: number;
  /** Requests per status sent; `reset` when the connection was reset instead. */
  byStatus: Record<string, number>;
  byFault: Partial<Record<FaultKind, number>>;
}

export function emptyStatistics(): SimulatorStats {
  return {
    requests: 0,
    accepted: 0,
    unique: 0,
    rejected: 0,
    ignored: 0,
    throttled: 0,
    bytesCompressed: 0,
    bytesUncompressed: 0,
    byStatus: {},
    byFault: {},
  };
}

/** Adds one to a named count. */
export function countOne<Name extends string>(counts: Partial<Record<Name, number>>, name: Name): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
