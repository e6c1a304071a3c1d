import type { Progress, ReportedSource } from '../plan/chunk.ts';
import type { EntryCounts } from '../plan/notification.ts';
import type { StageTimes } from '../plan/stage-times.ts';
import type { Bottleneck } from '../tune/bottleneck.ts';
import type { Knobs } from '../tune/knobs.ts';
import type { GovernedChange } from './governed.ts';
import type { Failure } from './receipt.ts';

/** What became of an import. Once complete, `read = imported + rejected + filtered`. */
export interface Report {
  readonly v: 1;
  readonly importId: string;
  readonly source: ReportedSource;
  readonly state: 'running' | 'complete' | 'failed';
  /** `total` is null until the source has been read that far. */
  readonly chunks: { readonly total: number | null; readonly done: number; readonly failed: number };
  /** What became of the entries of an archive, once all were looked at. */
  readonly entries?: EntryCounts;
  readonly records: Progress['records'];
  readonly bytes: Progress['bytes'];
  readonly requests: Progress['requests'];
  readonly rejects: { readonly uri: string | null; readonly byReason: Readonly<Record<string, number>> };
  /** Where the API's answers are, if the recipe is not `abridged` and there were any. */
  readonly responses?: { readonly uri: string };
  readonly timing: {
    readonly startedAt: string;
    readonly finishedAt: string | null;
    readonly seconds: number;
    readonly eventsPerSecond: number;
    /** Where the time of all senders went, in milliseconds, summed over them. */
    readonly stages: Readonly<StageTimes>;
    /** How much of it larger buffers would have saved. */
    readonly choppyMs: number;
  };
  readonly memory: { readonly budgetMB: number; readonly peakMB: number };
  readonly bottleneck: Bottleneck;
  /** What to turn next time, a sentence each, the most important first; at most three. */
  readonly advice: readonly string[];
  /** The knobs that it ran with; absent until a chunk is done. */
  readonly tuning?: Knobs;
  /** Why the import, or chunks of it, failed; at most ten. */
  readonly failures: readonly (Failure & { readonly chunk: number | null })[];
  /** What the governor changed meanwhile, by time; at most twenty, the first 5 and the last 15. */
  readonly governor: readonly GovernedChange[];
  /** What the ledger needs to fold in further receipts. */
  readonly ledger: LedgerState;
}

export interface LedgerState {
  /** Finished and given-up chunks, one bit each, base64. */
  readonly done: string;
  readonly failed: string;
  readonly startedAtMs: number;
  readonly lastAtMs: number;
}
