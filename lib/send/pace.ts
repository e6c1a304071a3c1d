/** The quota is counted over a rolling minute, so a refusal speaks of the whole minute before it. */
const MINUTE_MS = 60_000;
/** What a sender that has sent too little may send at once: this much of the whole quota's time, at least one request. */
const BURST_QUOTA_MS = 250;
/** And no more than it may send in this time. */
const BURST_MS_MIN = 5_000;
const BURST_MS_MAX = 20_000;
const PAUSE_MS_MAX = 5_000;
const CUT = 0.05;
const GAIN = 0.0002;
const GAIN_PER_SECOND_MAX = 0.0008;
const START = 0.97;
const CALM_REQUESTS = 250;
/** When nothing was accepted for so long, the quota itself has shrunk. */
const DROUGHT_MS_MIN = 2_000;
/** Of the gap between the last refusal and the first acceptance: where the quota is taken to have come back. */
const DROUGHT_END = 0.5;
const DROUGHT_MARGIN = 0.98;
/** Smallest share, in parts of the first one; and of the share before it, after a drought. */
const SHARE_PART_MIN = 0.02;
const DROUGHT_PART_MIN = 0.25;

/** A row of refusals without an acceptance between them. */
interface Drought {
  readonly firstSentMs: number;
  readonly sinceMs: number;
  readonly lastSentMs: number;
  readonly shareBefore: number;
}

/** How fast one sender sends. Times are milliseconds since the epoch. */
export interface Pace {
  readonly firstShare: number;
  /** Part of the quota that this sender takes. */
  readonly share: number;
  readonly startedAtMs: number;
  /** When all that was sent will have been paid for by the share. */
  readonly paidAtMs: number;
  readonly cutAtMs: number;
  /** No new request leaves before. */
  readonly pausedUntilMs: number;
  readonly acceptedInRow: number;
  readonly lastAcceptedMs: number;
  readonly drought?: Drought | undefined;
}

/** A request, on its way or answered. */
export interface PacedRequest {
  /** How long the whole quota takes to allow for it. */
  readonly quotaMs: number;
  readonly sentAtMs: number;
  /** Whether it had to wait for the pace; else a higher pace would change nothing. */
  readonly hasWaited: boolean;
}

/** @param workers senders that share the quota */
export const startPace = (workers: number, nowMs: number): Pace => ({
  firstShare: START / workers,
  share: START / workers,
  startedAtMs: nowMs,
  paidAtMs: nowMs,
  cutAtMs: Number.NEGATIVE_INFINITY,
  pausedUntilMs: nowMs,
  acceptedInRow: 0,
  lastAcceptedMs: Number.NEGATIVE_INFINITY,
});

export const paceDelayMs = (pace: Pace, quotaMs: number, nowMs: number): number => {
  const owedMs = Math.max(0, pace.paidAtMs - nowMs) + quotaMs / pace.share;
  return Math.max(0, owedMs - Math.max(burstMs(pace), quotaMs / pace.share));
};

export const pauseDelayMs = ({ pausedUntilMs }: Pace, nowMs: number): number =>
  Math.max(0, pausedUntilMs - nowMs);

export const onSent = (pace: Pace, quotaMs: number, nowMs: number, random: () => number): Pace => ({
  ...pace,
  paidAtMs:
    Math.max(pace.paidAtMs, nowMs) + (quotaMs / pace.share) * firstMinutePrice(pace, quotaMs, nowMs, random),
});

const burstMs = ({ share }: Pace): number =>
  Math.min(Math.max(BURST_QUOTA_MS / share, BURST_MS_MIN), BURST_MS_MAX);

const firstMinutePrice = (pace: Pace, quotaMs: number, nowMs: number, random: () => number): number => {
  if (nowMs - pace.startedAtMs >= MINUTE_MS) return 1;
  const aheadMs = Math.min(Math.max(burstMs(pace), quotaMs / pace.share), MINUTE_MS / 2);
  return (MINUTE_MS / (MINUTE_MS - aheadMs)) * (0.5 + random());
};

export const onAccepted = (pace: Pace, request: PacedRequest, nowMs: number): Pace => {
  const rested = {
    ...endDrought(pace, request),
    acceptedInRow: pace.acceptedInRow + 1,
    lastAcceptedMs: Math.max(pace.lastAcceptedMs, request.sentAtMs),
  };
  if (!request.hasWaited || nowMs - pace.startedAtMs < MINUTE_MS) return rested;
  return { ...rested, share: rested.share + gain(rested, request.quotaMs) * pace.firstShare };
};

const gain = ({ share, acceptedInRow }: Pace, quotaMs: number): number =>
  Math.min(
    GAIN * Math.max(1, acceptedInRow / CALM_REQUESTS),
    (quotaMs / share / 1_000) * GAIN_PER_SECOND_MAX,
  );

const endDrought = (pace: Pace, { sentAtMs }: PacedRequest): Pace => {
  const { drought } = pace;
  if (drought === undefined || sentAtMs < drought.firstSentMs) return pace;
  const over = { ...pace, drought: undefined, pausedUntilMs: Number.NEGATIVE_INFINITY };
  if (!isLong(drought)) return over;
  return {
    ...over,
    share: shareAfter(
      drought,
      drought.lastSentMs + Math.max(0, sentAtMs - drought.lastSentMs) * DROUGHT_END,
      pace,
    ),
  };
};

const isLong = ({ firstSentMs, lastSentMs }: Drought): boolean => lastSentMs - firstSentMs >= DROUGHT_MS_MIN;

const shareAfter = ({ sinceMs, shareBefore }: Drought, endMs: number, pace: Pace): number =>
  atLeast(shareBefore * DROUGHT_MARGIN * Math.max(1 - (endMs - sinceMs) / MINUTE_MS, DROUGHT_PART_MIN), pace);

const atLeast = (share: number, { firstShare }: Pace): number => Math.max(share, firstShare * SHARE_PART_MIN);

/** @param backoffMs until the same bytes are sent again */
export const onRefused = (
  pace: Pace,
  request: PacedRequest & { readonly backoffMs: number },
  nowMs: number,
): Pace => {
  const { sentAtMs, backoffMs } = request;
  const { drought } = pace;
  if (drought === undefined) {
    const gapMs = Math.min(request.quotaMs / pace.share, sentAtMs - pace.lastAcceptedMs);
    const began = {
      firstSentMs: sentAtMs,
      sinceMs: sentAtMs - gapMs / 2,
      lastSentMs: sentAtMs,
      shareBefore: pace.share,
    };
    if (sentAtMs < pace.cutAtMs) return { ...pace, drought: began };
    return {
      ...pace,
      drought: began,
      acceptedInRow: 0,
      cutAtMs: nowMs,
      share: atLeast(pace.share * (1 - CUT), pace),
    };
  }
  const longer = { ...drought, lastSentMs: Math.max(drought.lastSentMs, sentAtMs) };
  if (!isLong(longer)) return { ...pace, drought: longer };
  return {
    ...pace,
    drought: longer,
    pausedUntilMs: nowMs + Math.min(backoffMs, PAUSE_MS_MAX),
    share: Math.min(pace.share, shareAfter(longer, longer.lastSentMs, pace)),
  };
};
