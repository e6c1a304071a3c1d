import type {
  Governed,
  GovernorSettings,
  GovernorState,
  Observation,
  SenderWindow,
} from './governor-state.ts';
import { hold, set } from './governor-steps.ts';

/** Senders added or taken away at a time. */
const STEP = 2;
/** Between the two there are as many senders as memory allows. */
const HEAP_SHARE_LOW = 0.5;
const HEAP_SHARE_HIGH = 0.75;
/** Senders pace themselves: a share of refusals above this means that there are too many of them. */
const THROTTLED_SHARE_HIGH = 0.02;
/** From this share of refusals on, half of the senders go instead of three in ten. */
const THROTTLED_SHARE_EXTREME = 0.2;
const LOWER_BY = 0.7;
const LOWER_BY_EXTREME = 0.5;
/** Reaching this share of the quota is reaching the quota. */
const QUOTA_SHARE_HIGH = 0.95;

interface Measured extends Observation {
  readonly window: SenderWindow;
}

/** What to do while chunks are sent, by what was measured since the last change: the first rule that applies decides. */
export const governBusy = (state: GovernorState, seen: Measured, settings: GovernorSettings): Governed => {
  const { window, workers } = seen;
  const { throttled, requests, heapShare } = window;
  if (throttled / requests > THROTTLED_SHARE_HIGH) return lowerForApi(state, seen, settings);
  if (heapShare > HEAP_SHARE_HIGH) {
    const reason = `A sender had ${percent(heapShare)} of its heap in use, more than ${percent(HEAP_SHARE_HIGH)}.`;
    return lowerTo(workers - STEP, reason, state, seen, settings);
  }
  if (seen.chunksWaiting === 0) return hold(state, seen, 'No chunk waits for a sender.');
  if (heapShare >= HEAP_SHARE_LOW) {
    const reason = `A sender had ${percent(heapShare)} of its heap in use: memory has no room for more senders.`;
    return hold(state, seen, reason);
  }
  const quotaShare = quotaShareOf(window, settings);
  if (quotaShare >= QUOTA_SHARE_HIGH) {
    return hold(
      state,
      seen,
      `${percent(quotaShare)} of the API's quota is in use: more senders would be refused.`,
    );
  }
  return raise(quotaShare, state, seen, settings);
};

const lowerForApi = (state: GovernorState, seen: Measured, settings: GovernorSettings): Governed => {
  const { window, workers, atMs } = seen;
  const share = window.throttled / window.requests;
  const reason = `The API refused ${percent(share)} of the requests as too many.`;
  const factor = share > THROTTLED_SHARE_EXTREME ? LOWER_BY_EXTREME : LOWER_BY;
  // What it took is what so many senders would send; one more is too many.
  const ceiling = { workers: Math.floor(workers * (1 - share)) + 1, atMs };
  const known = { ...state, ceiling };
  return lowerTo(Math.floor(workers * factor), reason, known, seen, settings);
};

const lowerTo = (
  workers: number,
  reason: string,
  state: GovernorState,
  seen: Measured,
  { workersMin }: GovernorSettings,
): Governed =>
  seen.workers <= workersMin
    ? hold(state, seen, `${reason} There are only ${seen.workers} senders, the fewest allowed.`)
    : set(state, seen, Math.max(workersMin, workers), reason);

const raise = (
  quotaShare: number,
  state: GovernorState,
  seen: Measured,
  { workersMax, ceilingMs }: GovernorSettings,
): Governed => {
  const { ceiling } = state;
  const isKnown = ceiling !== null && seen.atMs - ceiling.atMs < ceilingMs;
  const most = isKnown ? Math.min(workersMax, ceiling.workers - 1) : workersMax;
  if (seen.workers >= most) {
    const why =
      isKnown && most < workersMax ? `the API refused ${ceiling.workers}` : `${workersMax} are allowed`;
    return hold(state, seen, `${seen.workers} senders are as many as there may be: ${why}.`);
  }
  const reason = `${seen.chunksWaiting} chunks wait, memory has room, and ${percent(quotaShare)} of the API's quota is in use.`;
  return set(state, seen, Math.min(seen.workers + STEP, most), reason);
};

const quotaShareOf = (
  { records, bytes, fromMs, toMs }: SenderWindow,
  { eventsPerSecondMax, bytesPerMinuteMax }: GovernorSettings,
): number => {
  const seconds = (toMs - fromMs) / 1000;
  return Math.max(records / seconds / eventsPerSecondMax, (bytes / seconds) * (60 / bytesPerMinuteMax));
};

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
