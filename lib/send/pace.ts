/** The quota is counted over a rolling minute: what was sent in a burst is missing a minute later. */
const MINUTE_MS = 60_000;
/** A new sender begins a little below its part, since requests of a fleet never come quite evenly. */
const START = 0.97;
/** What may go out at once after a pause: so much of the whole quota, within bounds in time of the own share. */
const BURST_QUOTA_MS = 250;
const BURST_MS_MIN = 5_000;
const BURST_MS_MAX = 20_000;
/** An accepted request adds this part of the base share, and more the longer nothing has been refused, up to a slope. */
const GAIN = 0.0002;
const CALM_REQUESTS = 250;
const GAIN_PER_SECOND_MAX = 0.0006;
/** A refused one takes this part of the share. `GAIN / CUT` is the share of refusals at which both are even: 0.4 %. */
const CUT = 0.05;
/** New requests wait for the back-off of the refused one, up to this. */
export const PAUSE_MS_MAX = 5_000;
/** Refusals over this time without an acceptance are a drought: the minute's quota is overdrawn. */
const DROUGHT_MS_MIN = 2_000;
const DROUGHT_MARGIN = 0.96;
/** A gap between tries that is longer than this, and than a request's cost, is a back-off and says nothing. */
const TRY_GAP_MS = 2_000;
/** Least that one drought leaves of the share, and least that is left of the first share. */
const DROUGHT_PART_MIN = 0.25;
const SHARE_PART_MIN = 0.02;

/** Refusals without an acceptance between them. */
interface Refusals {
  readonly firstSentMs: number;
  readonly lastSentMs: number;
  /** Between the last acceptance and the first refusal, where the quota is taken to have run out. */
  readonly sinceMs: number;
  readonly shareBefore: number;
}

/** How fast one sender sends; plain data, so that a later client can go on with it. Times are in milliseconds. */
export interface Pace {
  readonly firstShare: number;
  /** What gains are parts of: the first share, or what a drought has left of it. */
  readonly baseShare: number;
  /** Part of the project's quota that this sender takes. */
  readonly share: number;
  readonly startedAtMs: number;
  /** No gain before: a minute has to be over before its lack of refusals means something. */
  readonly growsAtMs: number;
  /** When the share has paid for all that was sent. */
  readonly paidAtMs: number;
  readonly pausedUntilMs: number;
  /** Refusals of what was sent earlier count as one. */
  readonly cutAtMs: number;
  readonly acceptedInRow: number;
  readonly lastAcceptedMs: number;
  readonly refusals?: Refusals | undefined;
}

/** A request that was sent. */
export interface PacedRequest {
  /** How long the whole quota takes to allow for it. */
  readonly quotaMs: number;
  readonly sentAtMs: number;
  /** Whether the pace held it up; if not, a faster one would change nothing. */
  readonly wasDelayed: boolean;
}

/**
 * The pace of a sender about which nothing is known but how many there are. Senders share a quota without talking
 * to each other: each begins with an equal part, adds a little for what is accepted and drops a part of it for what
 * is refused, so that all of them settle where about one request in 250 is refused.
 *
 * @param workers senders that share the quota
 */
export const startPace = (workers: number, nowMs: number): Pace => ({
  firstShare: START / workers,
  baseShare: START / workers,
  share: START / workers,
  startedAtMs: nowMs,
  growsAtMs: nowMs + MINUTE_MS,
  paidAtMs: nowMs,
  pausedUntilMs: nowMs,
  cutAtMs: Number.NEGATIVE_INFINITY,
  acceptedInRow: 0,
  lastAcceptedMs: Number.NEGATIVE_INFINITY,
});

/** @returns how long a request has to wait for its turn, at most a minute */
export const paceDelayMs = (pace: Pace, quotaMs: number, nowMs: number): number => {
  const owedMs = Math.max(0, pace.paidAtMs - nowMs) + quotaMs / pace.share;
  return Math.min(Math.max(0, owedMs - burstMs(pace, quotaMs)), MINUTE_MS);
};

/** @returns how long a request that was not refused itself has to wait for one that was */
export const pauseDelayMs = ({ pausedUntilMs }: Pace, nowMs: number): number =>
  Math.min(Math.max(0, pausedUntilMs - nowMs), PAUSE_MS_MAX);

/** @param random from 0 (inclusive) to 1 (exclusive); keeps senders that start together from staying in step */
export const paceSent = (pace: Pace, request: PacedRequest, random: () => number): Pace => {
  const { quotaMs, sentAtMs } = request;
  const costMs = (quotaMs / pace.share) * price(pace, request, random);
  return { ...pace, paidAtMs: Math.min(Math.max(pace.paidAtMs, sentAtMs), sentAtMs + MINUTE_MS) + costMs };
};

/** In its first minute a sender pays back the burst that it begins with. */
const price = (pace: Pace, { quotaMs, sentAtMs }: PacedRequest, random: () => number): number => {
  if (sentAtMs - pace.startedAtMs >= MINUTE_MS) return 1;
  const aheadMs = Math.min(burstMs(pace, quotaMs), MINUTE_MS / 2);
  return (MINUTE_MS / (MINUTE_MS - aheadMs)) * (0.5 + random());
};

/** At least one request, whatever its size. */
const burstMs = ({ share }: Pace, quotaMs: number): number =>
  Math.max(Math.min(Math.max(BURST_QUOTA_MS / share, BURST_MS_MIN), BURST_MS_MAX), quotaMs / share);

export const paceAccepted = (pace: Pace, request: PacedRequest, nowMs: number): Pace => {
  const recovered = endRefusals(pace, request, nowMs);
  const counted = {
    ...recovered,
    acceptedInRow: pace.acceptedInRow + 1,
    lastAcceptedMs: Math.max(pace.lastAcceptedMs, request.sentAtMs),
  };
  if (!request.wasDelayed || nowMs < counted.growsAtMs) return counted;
  return { ...counted, share: counted.share + counted.baseShare * gain(counted, request) };
};

const gain = ({ share, acceptedInRow }: Pace, { quotaMs }: PacedRequest): number =>
  Math.min(
    GAIN * Math.max(1, acceptedInRow / CALM_REQUESTS),
    (quotaMs / share / 1_000) * GAIN_PER_SECOND_MAX,
  );

const endRefusals = (pace: Pace, request: PacedRequest, nowMs: number): Pace => {
  const { refusals } = pace;
  if (refusals === undefined || request.sentAtMs < refusals.firstSentMs) return pace;
  const over = { ...pace, refusals: undefined, pausedUntilMs: nowMs };
  if (!isDrought(refusals)) return over;
  const share = shareAfter(refusals, endMs(refusals, pace, request), pace);
  const baseShare = Math.min(share, pace.baseShare);
  return withoutBurst({ ...over, share, baseShare, growsAtMs: nowMs + MINUTE_MS }, request.quotaMs, nowMs);
};

/** Between the last refusal and the first acceptance. */
const endMs = ({ lastSentMs }: Refusals, { share }: Pace, { sentAtMs, quotaMs }: PacedRequest): number =>
  lastSentMs + Math.min(Math.max(0, sentAtMs - lastSentMs) / 2, Math.max(TRY_GAP_MS, quotaMs / share));

/** @param backoffMs until the same bytes are sent again */
export const paceRefused = (
  pace: Pace,
  request: PacedRequest & { readonly backoffMs: number },
  nowMs: number,
): Pace => {
  const refusals = addRefusal(pace, request);
  const pausedUntilMs = nowMs + Math.min(request.backoffMs, PAUSE_MS_MAX);
  const paused = { ...pace, refusals, pausedUntilMs };
  if (isDrought(refusals)) {
    const share = Math.min(pace.share, shareAfter(refusals, refusals.lastSentMs, pace));
    return withoutBurst({ ...paused, share }, request.quotaMs, nowMs);
  }
  if (pace.refusals !== undefined || request.sentAtMs < pace.cutAtMs) return paused;
  return { ...paused, acceptedInRow: 0, cutAtMs: nowMs, share: atLeast(pace.share * (1 - CUT), pace) };
};

const addRefusal = (pace: Pace, { sentAtMs, quotaMs }: PacedRequest): Refusals => {
  const { refusals, share, lastAcceptedMs } = pace;
  if (refusals) return { ...refusals, lastSentMs: Math.max(refusals.lastSentMs, sentAtMs) };
  const gapMs = Math.min(quotaMs / share, Math.max(0, sentAtMs - lastAcceptedMs));
  return { firstSentMs: sentAtMs, lastSentMs: sentAtMs, sinceMs: sentAtMs - gapMs / 2, shareBefore: share };
};

const isDrought = ({ firstSentMs, lastSentMs }: Refusals): boolean =>
  lastSentMs - firstSentMs >= DROUGHT_MS_MIN;

/** A drought lasts until the minute holds no more than the quota: at an even flow, its length says how much is gone. */
const shareAfter = ({ sinceMs, shareBefore }: Refusals, untilMs: number, pace: Pace): number => {
  const left = Math.max(1 - (untilMs - sinceMs) / MINUTE_MS, DROUGHT_PART_MIN);
  return atLeast(shareBefore * left * DROUGHT_MARGIN, pace);
};

const atLeast = (share: number, { firstShare }: Pace): number => Math.max(share, firstShare * SHARE_PART_MIN);

const withoutBurst = (pace: Pace, quotaMs: number, nowMs: number): Pace => ({
  ...pace,
  paidAtMs: Math.max(pace.paidAtMs, nowMs + burstMs(pace, quotaMs)),
});
