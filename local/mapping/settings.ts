import type { SQSClient } from '@aws-sdk/client-sqs';
import type { FunctionHost, InvokeResult } from '../functions/host.ts';
import { MappingError } from './errors.ts';

export interface EventSourceMappingSettings {
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly sqs: SQSClient;
  readonly invoke: FunctionHost['invoke'];
  /** Messages per invocation, 1 to 10,000; more than 10 needs a batching window of at least 1 s. */
  readonly batchSize: number;
  /** Invocations in work at once, 1 to 1,000 (on AWS `MaximumConcurrency`, whose minimum is 2). */
  readonly concurrencyMax: number;
  /** How long to gather a batch after its first message, up to 300,000; 0, the default, does not wait. */
  readonly batchingWindowMs?: number;
  /** Whether the function's response names the messages that failed; without it a response means success. */
  readonly reportBatchItemFailures: boolean;
  /** Receives under way at once; 1 unless set, which is hundreds of batches a second on one machine. */
  readonly pollersMax?: number;
  /** Longest wait of one receive, 1 to 20 s; 20 unless set. */
  readonly waitTimeSeconds?: number;
  /**
   * When an invocation fails as a whole (killed, an error, a malformed response), make its messages visible again
   * after this many seconds. AWS has no such thing and waits for the end of the visibility timeout, minutes in a
   * deployed importer; it is here so that nobody waits that long at a desk. Messages that the function itself
   * reported as failed are not touched: their visibility is the function's to choose.
   */
  readonly failureVisibilitySeconds?: number;
  readonly onInvocation?: (report: InvocationReport) => void;
  /** Failed SQS calls and refused invocations; all are retried. */
  readonly onError?: (error: unknown) => void;
}

/** What became of one batch. */
export interface InvocationReport {
  readonly messageIds: readonly string[];
  readonly result: InvokeResult;
  /** Messages that left the queue. */
  readonly deleted: number;
  /** Messages that stay for another receive. */
  readonly failed: number;
  /** Why the response could not be trusted, which fails the whole batch. */
  readonly malformed?: string | undefined;
}

const LIMITS = {
  batchSize: { min: 1, max: 10_000 },
  concurrencyMax: { min: 1, max: 1_000 },
  batchingWindowMs: { min: 0, max: 300_000 },
  pollersMax: { min: 1, max: 100 },
  waitTimeSeconds: { min: 1, max: 20 },
  failureVisibilitySeconds: { min: 0, max: 43_200 },
} as const;

const UNGATHERED_BATCH_MAX = 10; // one receive brings no more
const GATHERING_WINDOW_MIN_MS = 1_000;

/** @throws {MappingError} MAPPING_SETTINGS_INVALID naming the first value out of bounds */
export function checkMappingSettings(settings: EventSourceMappingSettings): void {
  for (const [field, { min, max }] of Object.entries(LIMITS)) {
    const value = settings[field as keyof typeof LIMITS];
    if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) continue;
    throw new MappingError(`${field} is ${value}; set it to a whole number from ${min} to ${max}`);
  }
  const { batchSize, batchingWindowMs = 0 } = settings;
  if (batchSize <= UNGATHERED_BATCH_MAX || batchingWindowMs >= GATHERING_WINDOW_MIN_MS) return;
  throw new MappingError(
    `batchSize is ${batchSize} with a batchingWindowMs of ${batchingWindowMs}; ` +
      `more than ${UNGATHERED_BATCH_MAX} messages need a window of ${GATHERING_WINDOW_MIN_MS} at least`,
  );
}
