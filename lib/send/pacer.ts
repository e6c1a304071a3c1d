import { type Quota, quotaMs } from '../tune/quota.ts';
import { createGate } from './gate.ts';
import {
  onAccepted,
  onRefused,
  onSent,
  type Pace,
  type PacedRequest,
  paceDelayMs,
  pauseDelayMs,
  startPace,
} from './pace.ts';

export interface Pacer {
  admit(
    batch: { readonly records: number; readonly rawBytes: number },
    signal: AbortSignal,
  ): Promise<PacedRequest>;
  accepted(request: PacedRequest): void;
  refused(request: PacedRequest, backoffMs: number): void;
  pace(): Pace;
}

export interface PacerOptions {
  readonly quota: Quota;
  readonly workers: number;
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: (delayMs: number, signal: AbortSignal) => Promise<void>;
}

export const createPacer = ({ quota, workers, now, sleep, random }: PacerOptions): Pacer => {
  let pace = startPace(workers, now());
  const turns = createGate(1);
  return {
    admit: (batch, signal) =>
      turns.run(signal, async () => {
        const cost = quotaMs(quota, batch);
        let hasWaited = false;
        for (;;) {
          const nowMs = now();
          const pd = paceDelayMs(pace, cost, nowMs);
          const delayMs = Math.max(pd, pauseDelayMs(pace, nowMs));
          if (delayMs <= 0) break;
          hasWaited ||= pd > 0;
          await sleep(Math.ceil(delayMs), signal);
        }
        const sentAtMs = now();
        pace = onSent(pace, cost, sentAtMs, random);
        return { quotaMs: cost, sentAtMs, hasWaited };
      }),
    accepted: (request) => {
      pace = onAccepted(pace, request, now());
    },
    refused: (request, backoffMs) => {
      pace = onRefused(pace, { ...request, backoffMs }, now());
    },
    pace: () => pace,
  };
};
