import type { StageTimes } from '../plan/stage-times.ts';

export type Bottleneck = 'source' | 'transform' | 'network' | 'api' | 'none';

/** Below this, nothing was waited for long enough to say. */
const TIME_MS_MIN = 200;

/**
 * Share of the senders' time from which on something binds.
 *
 * `api`: a sender that the quota holds back at all sends as much as the quota allows; time saved elsewhere would be
 * waited there. A fifth is more than the burst at a start or a single 429 makes.
 *
 * The others: of three things to do, read, work and send, one takes a third at least. From two fifths on it stands
 * out, and making it faster shortens the import more than anything else would.
 */
const BINDS_FROM = { api: 0.2, network: 0.4, transform: 0.4, source: 0.4 } as const;

/** While source and answers take turns, the longer of the two binds only if it takes half again as much as the other. */
const BINDS_FROM_WHEN_CHOPPY = 0.6;

/** Larger buffers would save this share of the time; for less they are not worth their memory. */
const CHOPPY_FROM = 0.2;

/** Where the senders' time went, in shares of it. */
export interface TimeShares extends Readonly<Record<Exclude<Bottleneck, 'none'>, number>> {
  /** What larger buffers would save. */
  readonly choppy: number;
  /** Reading stood still because memory ran short. */
  readonly memory: number;
}

/** @param choppyMs see lib/stage-clock.ts */
export const timeShares = (stageMs: Readonly<StageTimes>, choppyMs: number): TimeShares => {
  const { read, frame, transform, compress, request, backoff, throttle, memory } = stageMs;
  const share = (ms: number): number => ms / Math.max(1, totalMs(stageMs));
  return {
    source: share(read),
    transform: share(frame + transform + compress),
    network: share(request + backoff),
    api: share(throttle),
    memory: share(memory),
    choppy: share(choppyMs),
  };
};

export const totalMs = (stageMs: Readonly<StageTimes>): number =>
  Object.values(stageMs).reduce((sum, ms) => sum + ms, 0);

/** Source and answers are waited for by turns, and buffers could hide one wait behind the other. */
export const isChoppy = ({ choppy }: TimeShares): boolean => choppy >= CHOPPY_FROM;

/** What an import waited for most: reading, its own CPU, the network and the answers, or the API's quota. */
export const bottleneckOf = (stageMs: Readonly<StageTimes>, choppyMs: number): Bottleneck => {
  const shares = timeShares(stageMs, choppyMs);
  if (totalMs(stageMs) < TIME_MS_MIN) return 'none';
  if (shares.api >= BINDS_FROM.api) return 'api';
  const kinds = ['network', 'transform', 'source'] as const;
  const most = kinds.reduce((a, b) => (shares[b] > shares[a] ? b : a));
  const isAlone = !isChoppy(shares) || shares[most] >= BINDS_FROM_WHEN_CHOPPY;
  return shares[most] >= BINDS_FROM[most] && isAlone ? most : 'none';
};
