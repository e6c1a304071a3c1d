import * as z from 'zod';
import type { ChunkMessage } from './plan/chunk.ts';

/** Fewer bytes than this are seldom a record; a guess of how many records a range holds, on the high side. */
const RECORD_BYTES_GUESS = 64;
/** Times that a record alone must have stopped its sender before it is taken for the cause. */
const KILLS_TO_REJECT = 2;

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
  | { readonly kind: 'divide'; readonly suspects: number }
  | { readonly kind: 'reject' };

/**
 * Halves what may have killed a chunk's senders until it is one record. Each step tries half of the suspects: if the
 * sender is killed again it is among them, else among the others.
 */
export const trialStep = (
  { trial, range }: Pick<ChunkMessage, 'trial' | 'range'>,
  { started, ended }: Attempts,
): TrialStep => {
  const kills = started - ended;
  if (!trial) {
    const suspects = Math.ceil((range.end - range.start) / RECORD_BYTES_GUESS);
    return kills > 0 ? { kind: 'divide', suspects } : { kind: 'run' };
  }
  const recordsMax = half(trial.suspects);
  if (trial.suspects === 1 && kills >= KILLS_TO_REJECT) return { kind: 'reject' };
  return kills > 0 && trial.suspects > 1
    ? { kind: 'divide', suspects: recordsMax }
    : { kind: 'run', recordsMax };
};

/** The trial of what is left after a run of half of the suspects went well; undefined when none is left. */
export const trialAfter = (trial: ChunkMessage['trial']): ChunkMessage['trial'] => {
  if (!trial || trial.suspects === 1) return undefined;
  return { suspects: trial.suspects - half(trial.suspects) };
};

const half = (suspects: number): number => Math.ceil(suspects / 2);
