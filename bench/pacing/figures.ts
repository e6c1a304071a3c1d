import { DEFAULT_QUOTA } from '../../lib/tune/quota.ts';
import type { Minute } from './modelled-api.ts';

/** Parts of the quota that minutes have used, in the count that is closer to its limit. */
export const utilisation = (minutes: readonly Minute[], quotaFactor = 1): number => {
  const events = sum(minutes, (minute) => minute.events) / (DEFAULT_QUOTA.eventsPerSecond * 60);
  const bytes = sum(minutes, (minute) => minute.bytes) / DEFAULT_QUOTA.bytesPerMinute;
  return Math.max(events, bytes) / minutes.length / quotaFactor;
};

/** Part of the requests that was answered 429. */
export const refusedPart = (minutes: readonly Minute[]): number =>
  sum(minutes, (minute) => minute.refused) / sum(minutes, (minute) => minute.requests);

/**
 * How evenly senders were served: 1 if all the same, 1 / n if one of n had everything.
 *
 * @see https://en.wikipedia.org/wiki/Fairness_measure
 */
export const jainIndex = (minutes: readonly Minute[]): number => {
  const bySender = minutes[0]!.acceptedBySender.map((_, sender) =>
    sum(minutes, ({ acceptedBySender }) => acceptedBySender[sender]!),
  );
  const total = bySender.reduce((a, b) => a + b, 0);
  const squares = bySender.reduce((a, b) => a + b * b, 0);
  return (total * total) / (bySender.length * squares);
};

const sum = (minutes: readonly Minute[], count: (minute: Minute) => number): number =>
  minutes.reduce((total, minute) => total + count(minute), 0);
