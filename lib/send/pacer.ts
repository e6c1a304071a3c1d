import { type Quota, quotaMs } from '../tune/quota.ts';
import { createGate } from './gate.ts';
import {
  type Pace,
  type PacedRequest,
  paceAccepted,
  paceDelayMs,
  paceRefused,
  paceSent,
  startPace,
  TURN_WAIT_MS_MAX,
} from './pace.ts';
import type { Refused } from './refusals.ts';

/** Lets the requests of one sender through at its share of the quota. */
export interface Pacer {
  /**
   * Waits until a request may be sent, at most a minute after the one before.
   *
   * @throws the reason of `signal` once that is aborted
   */
  admit(
    batch: { readonly records: number; readonly rawBytes: number },
    signal: AbortSignal,
  ): Promise<PacedRequest>;
  /** The API has taken the request into account, whatever it said of its records. */
  accepted(request: PacedRequest): void;
  /** The API has answered 429. */
  refused(request: PacedRequest, wait: Pick<Refused, 'backoffMs' | 'retryAfterMs'>): void;
  /**
   * Waits before the same bytes are sent again: the most, or at least the least and until others are accepted.
   *
   * @throws the reason of `signal` once that is aborted
   */
  backOff(wait: { readonly leastMs: number; readonly mostMs: number }, signal: AbortSignal): Promise<void>;
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
  /** Rings when they begin, and when they end. */
  const refusalsTurn = createBell();

  /** @returns whether refusals have begun or ended meanwhile */
  const sleepUnlessTurned = async (delayMs: number, signal: AbortSignal): Promise<boolean> => {
    const turned = refusalsTurn.signal();
    await sleep(Math.ceil(delayMs), AbortSignal.any([signal, turned])).catch((error: unknown) => {
      signal.throwIfAborted();
      if (!turned.aborted) throw error;
    });
    return turned.aborted;
  };

  const waitForTurn = async (cost: number, signal: AbortSignal): Promise<boolean> => {
    const startedAtMs = now();
    for (let wasDelayed = false; ; wasDelayed = true) {
      const leftMs = TURN_WAIT_MS_MAX - (now() - startedAtMs);
      const delayMs = Math.min(paceDelayMs(pace, cost, now()), leftMs);
      if (delayMs <= 0) return wasDelayed;
      const isOutdated = await sleepUnlessTurned(delayMs, signal);
      if (!isOutdated) return true;
    }
  };

  return {
    admit: (batch, signal) =>
      turns.run(signal, async () => {
        const cost = quotaMs(quota, batch);
        const wasDelayed = await waitForTurn(cost, signal);
        const request = { quotaMs: cost, sentAtMs: now(), wasDelayed };
        pace = paceSent(pace, request, random);
        return request;
      }),
    accepted: (request) => {
      const { refusals } = pace;
      pace = paceAccepted(pace, request, now(), random);
      if (refusals === undefined || pace.refusals) return;
      refusalsTurn.ring();
    },
    refused: (request, wait) => {
      const { refusals } = pace;
      pace = paceRefused(pace, { ...request, ...wait }, now());
      if (!refusals) refusalsTurn.ring();
    },
    backOff: async ({ leastMs, mostMs }, signal) => {
      const startedAtMs = now();
      const areOthersAccepted = await sleepUnlessTurned(mostMs, signal);
      const leftMs = startedAtMs + leastMs - now();
      if (areOthersAccepted && leftMs > 0) await sleep(Math.ceil(leftMs), signal);
    },
    pace: () => pace,
  };
};

/** Wakes who waits for it. */
interface Bell {
  /** Aborted when it rings next. */
  signal(): AbortSignal;
  ring(): void;
}

const createBell = (): Bell => {
  let next = new AbortController();
  return {
    signal: () => next.signal,
    ring: () => {
      next.abort();
      next = new AbortController();
    },
  };
};
