import type { StageTimes } from '../plan/stage-times.ts';

export type Bottleneck = 'source' | 'transform' | 'network' | 'api' | 'none';

/** Below this, nothing was waited for long enough to say. */
const TIME_MS_MIN = 200;

export interface Binding {
  /** Whose time it is. */
  readonly stages: readonly (keyof StageTimes)[];
  /** The share of the senders' time from which on it binds. */
  readonly from: number;
  readonly why: string;
}

const STANDS_OUT = 0.4;

/** What may bind: `api` where it does, else the one of the others that takes most. */
export const BINDINGS: Readonly<Record<Exclude<Bottleneck, 'none'>, Binding>> = {
  api: {
    stages: ['throttle'],
    from: 0.2,
    why: 'A sender that the quota holds back at all sends as much as it may: time saved elsewhere would be waited here. A fifth is more than a burst at the start or a single 429 makes.',
  },
  network: {
    stages: ['request', 'backoff'],
    from: STANDS_OUT,
    why: 'Of three things to do, read, work and send, one takes a third at least. From two fifths on it stands out, and making it faster shortens the import most.',
  },
  transform: { stages: ['frame', 'transform', 'compress'], from: STANDS_OUT, why: 'As for `network`.' },
  source: { stages: ['read'], from: STANDS_OUT, why: 'As for `network`.' },
};

/** While source and answers take turns, the longer of the two binds only if it has so much of the time: half again as much. */
export const BINDS_FROM_WHEN_CHOPPY = 0.6;

/** Larger buffers would save this share of the time; for less they are not worth their memory. */
export const CHOPPY_FROM = 0.2;

/** Where the senders' time went, in shares of it. */
export interface TimeShares extends Readonly<Record<Exclude<Bottleneck, 'none'>, number>> {
  /** What larger buffers would save. */
  readonly choppy: number;
  /** Reading stood still because memory ran short. */
  readonly memory: number;
}

/** @param choppyMs see lib/stage-clock.ts */
export const timeShares = (stageMs: Readonly<StageTimes>, choppyMs: number): TimeShares => {
  const share = (ms: number): number => ms / Math.max(1, totalMs(stageMs));
  const shareOf = (kind: keyof typeof BINDINGS): number =>
    share(BINDINGS[kind].stages.reduce((sum, stage) => sum + stageMs[stage], 0));
  return {
    source: shareOf('source'),
    transform: shareOf('transform'),
    network: shareOf('network'),
    api: shareOf('api'),
    memory: share(stageMs.memory),
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
  if (shares.api >= BINDINGS.api.from) return 'api';
  const kinds = ['network', 'transform', 'source'] as const;
  const most = kinds.reduce((a, b) => (shares[b] > shares[a] ? b : a));
  const isAlone = !isChoppy(shares) || shares[most] >= BINDS_FROM_WHEN_CHOPPY;
  return shares[most] >= BINDINGS[most].from && isAlone ? most : 'none';
};
