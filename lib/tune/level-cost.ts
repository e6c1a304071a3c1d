import type { GzipLevel } from './gzip-levels.ts';
import { lambdaMachine } from './machine.ts';
import { EGRESS_TIERS, PRICES } from './prices.ts';

const MB_PER_GB = 1_000;
const DOLLARS_PER_VCPU_SECOND = PRICES.lambdaDuration.usd / lambdaMachine(1_024).coresPerSender;
/** Of the first tier, which is the dearest. */
const DOLLARS_PER_EGRESS_GB = EGRESS_TIERS[0].usdPerGB;

/** What it costs to send one GB of uncompressed events at a level, in dollars. */
export interface LevelCost extends GzipLevel {
  readonly cpuDollars: number;
  readonly egressDollars: number;
  readonly totalDollars: number;
}

export const levelCosts = (levels: readonly GzipLevel[]): LevelCost[] =>
  levels.map((level) => {
    const cpuDollars = (MB_PER_GB / level.megabytesPerSecond) * DOLLARS_PER_VCPU_SECOND;
    const egressDollars = DOLLARS_PER_EGRESS_GB / level.ratio;
    return { ...level, cpuDollars, egressDollars, totalDollars: cpuDollars + egressDollars };
  });

/** Costs this close are the same: measurements scatter by more. */
const CLOSE_SHARE = 0.01;

/** The fastest of the levels that cost next to nothing more than the cheapest. */
export const bestLevel = (costs: readonly LevelCost[]): LevelCost => {
  const leastDollars = Math.min(...costs.map(({ totalDollars }) => totalDollars));
  return costs
    .filter(({ totalDollars }) => totalDollars <= leastDollars * (1 + CLOSE_SHARE))
    .reduce((fastest, next) => (next.level < fastest.level ? next : fastest));
};
