import * as z from 'zod';
import type { ChunkMessage } from './plan/chunk.ts';
import type { RejectionCode } from './transform/rejection.ts';

const KILLED_CODE: RejectionCode = 'SENDER_KILLED';
/** Batches' worth of records that a first window holds. */
const WINDOW_BATCHES = 2;
/** Windows without a kill after which they grow, each to twice the one before. */
const CALM_WINDOWS = 8;
/** Where one record was the cause, its neighbours are tried in small windows first. */
const WINDOW_AFTER_REJECTION = 2;
/** Times that a record alone must have stopped its sender before it is taken for the cause. */
const KILLS_TO_REJECT = 3;

/** In a chunk with more of them it is not the records that are to blame: it is given up as a whole. */
const REJECTIONS_MAX = 10;

type Trial = NonNullable<ChunkMessage['trial']>;
type TriedMessage = Pick<ChunkMessage, 'trial' | 'recipe' | 'progress'>;

/**
 * Runs of one message, as senders have written them down: `started` before anything else, `ended` after a failure
 * that they survived. What was started and neither ended nor was deleted was killed.
 */
export const attemptsSchema = z.object({ started: z.int().nonnegative(), ended: z.int().nonnegative() });
export type Attempts = Readonly<z.output<typeof attemptsSchema>>;

/** What to do with a message that came before. */
export type TrialStep =
  /** @param recordsMax undefined: all of the range */
  | { readonly kind: 'run'; readonly recordsMax?: number }
  /** In its place, a message that tries less at a time. */
  | { readonly kind: 'divide'; readonly trial: Trial }
  | { readonly kind: 'reject' };

/**
 * Halves what may have killed a chunk's senders until it is one record. Each step tries half of the suspects: if the
 * sender is killed again it is among them, else among the others.
 */
export const trialStep = (
  { trial, recipe, progress }: TriedMessage,
  { started, ended }: Attempts,
): TrialStep => {
  const kills = started - ended;
  if (!trial) {
    return kills > 0 ? { kind: 'divide', trial: windowOf(windowMax(recipe)) } : { kind: 'run' };
  }
  const recordsMax = half(trial.suspects);
  const rejections = progress?.byReason[KILLED_CODE] ?? 0;
  if (trial.suspects === 1 && kills >= KILLS_TO_REJECT && rejections < REJECTIONS_MAX)
    return { kind: 'reject' };
  // What was too much once is not tried again at once, also if no record is found guilty.
  return kills > 0 && trial.suspects > 1
    ? { kind: 'divide', trial: windowOf(recordsMax) }
    : { kind: 'run', recordsMax };
};

/**
 * How the rest of a chunk is tried when half of the suspects did no harm, or the last of them was rejected; undefined
 * once it has been calm for so long that the rest goes on as usual.
 */
export const trialAfter = ({ trial, recipe }: TriedMessage, wasRejected: boolean): Trial | undefined => {
  if (!trial) return undefined;
  if (wasRejected) return { ...windowOf(WINDOW_AFTER_REJECTION), calm: CALM_WINDOWS };
  const suspects = trial.suspects - half(trial.suspects);
  if (suspects > 0) return { ...trial, suspects };
  const calm = trial.calm + 1;
  const window = calm >= CALM_WINDOWS ? trial.window * 2 : trial.window;
  return window > windowMax(recipe) ? undefined : { suspects: window, window, calm };
};

const windowOf = (records: number): Trial => ({ suspects: records, window: records, calm: 0 });

const windowMax = ({ tuning }: ChunkMessage['recipe']): number => tuning.recordsPerBatch * WINDOW_BATCHES;

const half = (suspects: number): number => Math.ceil(suspects / 2);
