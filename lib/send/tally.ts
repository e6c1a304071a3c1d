import type { EncodedBatch } from './batch.ts';

/** Counts of one send, over all its requests. */
export interface Tally {
  requests: { total: number; retried: number; throttled: number };
  bytes: { sent: number; compressed: number };
  waitMs: { request: number; backoff: number; pace: number };
}

export const emptyTally = (): Tally => ({
  requests: { total: 0, retried: 0, throttled: 0 },
  bytes: { sent: 0, compressed: 0 },
  waitMs: { request: 0, backoff: 0, pace: 0 },
});

export const countRequest = (tally: Tally, batch: EncodedBatch, attempt: number): void => {
  tally.requests.total += 1;
  if (attempt > 1) tally.requests.retried += 1;
  tally.bytes.sent += batch.rawBytes;
  tally.bytes.compressed += batch.body.length;
};
