import {
  addRefusal,
  addTry,
  afterDrought,
  firstRefusal,
  isDrought,
  MINUTE_MS,
  type Refusals,
  type Refused,
} from './refusals.ts';

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
/** Least that is left of the first share. */
const SHARE_PART_MIN = 0.02;
/** Longest wait for a turn. */
export const TURN_WAIT_MS_MAX = MINUTE_MS;

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
 * is refused, so that all of them settle where about one request in 250 is refused. When refusals last, each tries
 * one request at a time, and goes on with the part that the length of the drought says is left.
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
  cutAtMs: Number.NEGATIVE_INFINITY,
  acceptedInRow: 0,
  lastAcceptedMs: Number.NEGATIVE_INFINITY,
});

/** @returns how long a request has to wait for its turn, at most a minute */
export const paceDelayMs = (pace: Pace, quotaMs: number, nowMs: number): number => {
  const owedMs = Math.max(0, pace.paidAtMs - nowMs) + quotaMs / pace.share;
  const delayMs = pace.refusals ? pace.refusals.tryAtMs - nowMs : owedMs - burstMs(pace, quotaMs);
  return Math.min(Math.max(0, delayMs), TURN_WAIT_MS_MAX);
};

/**
 * What is sent while requests are refused costs nothing: it takes up no quota, or it is what ends the refusals.
 *
 * @param random from 0 (inclusive) to 1 (exclusive); keeps senders that start together from staying in step
 */
export const paceSent = (pace: Pace, request: PacedRequest, random: () => number): Pace => {
  if (pace.refusals) return { ...pace, refusals: addTry(pace.refusals, request, random) };
  const { quotaMs, sentAtMs } = request;
  const costMs = (quotaMs / pace.share) * price(pace, request, random);
  return { ...pace, paidAtMs: Math.min(Math.max(pace.paidAtMs, sentAtMs), sentAtMs + MINUTE_MS) + costMs };
};

/**
 * In its first minute a sender pays back what it began ahead: its burst, less half a turn, since a request at the
 * very start comes half a turn before one at any time of it.
 */
const price = (pace: Pace, { quotaMs, sentAtMs }: PacedRequest, random: () => number): number => {
  if (sentAtMs - pace.startedAtMs >= MINUTE_MS) return 1;
  const aheadMs = Math.min(burstMs(pace, quotaMs) - quotaMs / pace.share / 2, MINUTE_MS / 2);
  return (MINUTE_MS / (MINUTE_MS - aheadMs)) * (0.5 + random());
};

/** At least one request, whatever its size. */
const burstMs = ({ share }: Pace, quotaMs: number): number =>
  Math.max(Math.min(Math.max(BURST_QUOTA_MS / share, BURST_MS_MIN), BURST_MS_MAX), quotaMs / share);

/** @param random from 0 (inclusive) to 1 (exclusive); brings senders out of step that a drought brought into it */
export const paceAccepted = (
  pace: Pace,
  request: PacedRequest,
  nowMs: number,
  random: () => number,
): Pace => {
  const counted = {
    ...endRefusals(pace, request, nowMs, random),
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

const endRefusals = (pace: Pace, request: PacedRequest, nowMs: number, random: () => number): Pace => {
  const { refusals } = pace;
  if (refusals === undefined || request.sentAtMs < refusals.firstSentMs) return pace;
  const over = { ...pace, refusals: undefined };
  if (!isDrought(refusals)) return over;
  const { restMs, ...left } = afterDrought(refusals, request, random);
  const share = atLeast(left.share, pace);
  const baseShare = Math.min(share, pace.baseShare);
  const paidAtMs = nowMs + burstMs({ ...over, share }, request.quotaMs) + restMs;
  return { ...over, share, baseShare, paidAtMs, growsAtMs: nowMs + MINUTE_MS };
};

export const paceRefused = (pace: Pace, request: Refused, nowMs: number): Pace => {
  if (pace.refusals) return { ...pace, refusals: addRefusal(pace.refusals, request, nowMs) };
  const refused = { ...pace, refusals: firstRefusal(request, pace, nowMs) };
  if (request.sentAtMs < pace.cutAtMs) return refused;
  return { ...refused, acceptedInRow: 0, cutAtMs: nowMs, share: atLeast(pace.share * (1 - CUT), pace) };
};

const atLeast = (share: number, { firstShare }: Pace): number => Math.max(share, firstShare * SHARE_PART_MIN);
