import type { RejectedRecord } from './batch.ts';
import type { SendErrorCode } from './send-error.ts';

/** What an answer of the API means for the records that were sent. */
export type Verdict =
  /** Every record is accounted for. */
  | { readonly kind: 'accepted'; readonly imported: number; readonly rejected: readonly RejectedRecord[] }
  /** Some or all of at least two records are refused, and the answer does not say which: halve and send both. */
  | { readonly kind: 'split'; readonly reason: string }
  /** Every record is refused; sending the same bytes again would fail again and use up quota. */
  | { readonly kind: 'reject-batch'; readonly reason: string }
  /** Nothing is known; the same bytes may be sent again. */
  | {
      readonly kind: 'retry';
      readonly reason: string;
      readonly retryAfterMs?: number | undefined;
      /** The API said that its quota is used up. */
      readonly throttled: boolean;
      /** What broke, where there was no answer at all. */
      readonly cause?: Error;
    }
  /** No batch would be taken. */
  | { readonly kind: 'stop'; readonly code: SendErrorCode; readonly reason: string };
