/** The quota is counted over a rolling minute: what was sent in a burst is missing a minute later. */
export const MINUTE_MS = 60_000;
/** Two refusals this far apart, with nothing accepted between them, are a drought: the minute is overdrawn. */
const DROUGHT_MS_MIN = 2_000;
/** Two senders that try every 2.5 s misjudge the end by 0.5 s together: by 1.7 % of what half a minute leaves. */
const DROUGHT_MARGIN = 0.985;
/** Least that one drought leaves of a share. */
const DROUGHT_PART_MIN = 0.25;
/** Longest time without a try that says when a drought ended; a sender that was frozen for longer has not looked. */
const UNSEEN_MS_MAX = 30_000;
/** How exactly the end of a drought is met; no more tries than four requests make that each back off for 10 s. */
const TRY_GAP_MS_MAX = 2_500;

/** Refusals without an acceptance between them. Times are in milliseconds. */
export interface Refusals {
  readonly firstSentMs: number;
  readonly lastSentMs: number;
  /** Between the last acceptance and the first refusal, where the quota is taken to have run out. */
  readonly sinceMs: number;
  readonly shareBefore: number;
  /** Least time between two tries. */
  readonly gapMs: number;
  /** No request is sent before. */
  readonly tryAtMs: number;
}

/** A request that was answered 429. */
export interface Refused {
  /** How long the whole quota takes to allow for it. */
  readonly quotaMs: number;
  readonly sentAtMs: number;
  /** Until the same bytes are sent again. */
  readonly backoffMs: number;
  /** What the API asked for; a minute of it is obeyed. */
  readonly retryAfterMs?: number | undefined;
}

/** The first one is tried again soon, to see whether it was a moment's excess or is a drought. */
export const firstRefusal = (
  { quotaMs, sentAtMs, backoffMs, retryAfterMs = 0 }: Refused,
  { share, lastAcceptedMs }: { readonly share: number; readonly lastAcceptedMs: number },
  nowMs: number,
): Refusals => {
  const agoMs = Math.min(quotaMs / share, Math.max(0, sentAtMs - lastAcceptedMs));
  const gapMs = gapMsOf(backoffMs);
  return {
    firstSentMs: sentAtMs,
    lastSentMs: sentAtMs,
    sinceMs: sentAtMs - agoMs / 2,
    shareBefore: share,
    gapMs,
    tryAtMs: nowMs + Math.min(Math.max(gapMs, retryAfterMs), MINUTE_MS),
  };
};

/** Shorter where back-offs are, as with a simulator. */
const gapMsOf = (backoffMs: number): number => Math.min(backoffMs / 2, TRY_GAP_MS_MAX);

export const addRefusal = (
  refusals: Refusals,
  { sentAtMs, backoffMs, retryAfterMs = 0 }: Refused,
  nowMs: number,
): Refusals => ({
  ...refusals,
  lastSentMs: Math.max(refusals.lastSentMs, sentAtMs),
  gapMs: gapMsOf(backoffMs),
  tryAtMs: Math.max(refusals.tryAtMs, nowMs + Math.min(retryAfterMs, MINUTE_MS)),
});

/** @param random from 0 (inclusive) to 1 (exclusive); spreads the tries of senders that were refused together */
export const addTry = (
  refusals: Refusals,
  request: { readonly quotaMs: number; readonly sentAtMs: number },
  random: () => number,
): Refusals => ({
  ...refusals,
  tryAtMs: request.sentAtMs + tryGapMs(refusals, request) * (0.75 + random() / 2),
});

/**
 * No shorter than a turn was before, so that all senders together ask for no more than they used to. After a minute
 * the rolling minute explains nothing any more, and the gaps double.
 */
const tryGapMs = (
  { firstSentMs, shareBefore, gapMs }: Refusals,
  { quotaMs, sentAtMs }: { readonly quotaMs: number; readonly sentAtMs: number },
): number => {
  const sinceMs = sentAtMs - firstSentMs;
  const turnMs = Math.max(gapMs, quotaMs / shareBefore);
  return Math.min(sinceMs > MINUTE_MS ? Math.max(turnMs, sinceMs / 2) : turnMs, MINUTE_MS);
};

export const isDrought = ({ firstSentMs, lastSentMs }: Refusals): boolean =>
  lastSentMs - firstSentMs >= DROUGHT_MS_MIN;

/** Once a drought is over: what it has left of the quota, and how to go on. */
export interface AfterDrought {
  readonly share: number;
  /** Before the next turn, on top of it. */
  readonly restMs: number;
}

/**
 * The API takes nothing until the rolling minute holds no more than the quota. At an even flow, half a minute of
 * drought means that half of the quota is left. It is taken to end halfway between the last refusal and the first
 * acceptance.
 *
 * @param accepted the request that ended it
 * @param random from 0 (inclusive) to 1 (exclusive)
 */
export const afterDrought = (
  refusals: Refusals,
  accepted: { readonly quotaMs: number; readonly sentAtMs: number },
  random: () => number,
): AfterDrought => {
  const { lastSentMs, sinceMs, shareBefore } = refusals;
  const unseenMs = Math.min(Math.max(0, accepted.sentAtMs - lastSentMs), UNSEEN_MS_MAX);
  const endMs = lastSentMs + unseenMs / 2;
  const left = Math.max(1 - (endMs - sinceMs) / MINUTE_MS, DROUGHT_PART_MIN);
  const share = shareBefore * left * DROUGHT_MARGIN;
  return { share, restMs: restMs(accepted.quotaMs / share, tryGapMs(refusals, accepted), random) };
};

/**
 * All senders have their first request accepted within one gap between tries, though their turns are longer now:
 * each rests for a part of the difference, or the minute would be overdrawn again.
 */
const restMs = (turnMs: number, gapMs: number, random: () => number): number =>
  Math.max(0, turnMs - gapMs) * random();
