import { type Quota, quotaMs } from '../tune/quota.ts';
import { createGate } from './gate.ts';
import {
  type Pace,
  type PacedRequest,
  paceAccepted,
  paceDelayMs,
  paceRefused,
  paceSent,
  pauseDelayMs,
  startPace,
} from './pace.ts';

/** Lets the requests of one sender through at its share of the quota. */
export interface Pacer {
  /**
   * Waits until a request may be sent, at most a minute and a pause after the one before. A resend has waited its
   * own back-off, so it does not wait for those of others.
   *
   * @throws the reason of `signal` once that is aborted
   */
  admit(
    batch: { readonly records: number; readonly rawBytes: number },
    turn: { readonly isResend: boolean; readonly signal: AbortSignal },
  ): Promise<PacedRequest>;
  /** The API has taken the request into account, whatever it said of its records. */
  accepted(request: PacedRequest): void;
  /** The API has answered 429. @param backoffMs until the same bytes are sent again */
  refused(request: PacedRequest, backoffMs: number): void;
  pace(): Pace;
}

export interface PacerOptions {
  /** Of the project. */
  readonly quota: Quota;
  /** Senders that share it. */
  readonly workers: number;
  /** Where an earlier pacer of the same quota and workers has left off. */
  readonly pace?: Pace | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Rejects as soon as `signal` is aborted. */
  readonly sleep: (delayMs: number, signal: AbortSignal) => Promise<void>;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
}

export const createPacer = ({ quota, workers, now, sleep, random, ...options }: PacerOptions): Pacer => {
  let pace = options.pace ?? startPace(workers, now());
  const turns = createGate(1);

  const wait = async (delayMs: number, signal: AbortSignal): Promise<boolean> => {
    if (delayMs <= 0) return false;
    await sleep(Math.ceil(delayMs), signal).catch((error: unknown) => {
      signal.throwIfAborted();
      throw error;
    });
    return true;
  };

  return {
    admit: (batch, { isResend, signal }) =>
      turns.run(signal, async () => {
        const cost = quotaMs(quota, batch);
        const wasDelayed = await wait(paceDelayMs(pace, cost, now()), signal);
        if (!isResend) await wait(pauseDelayMs(pace, now()), signal);
        const request = { quotaMs: cost, sentAtMs: now(), wasDelayed };
        pace = paceSent(pace, request, random);
        return request;
      }),
    accepted: (request) => {
      pace = paceAccepted(pace, request, now());
    },
    refused: (request, backoffMs) => {
      pace = paceRefused(pace, { ...request, backoffMs }, now());
    },
    pace: () => pace,
  };
};
