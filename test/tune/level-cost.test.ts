import { describe, expect, it } from 'vitest';
import { bestLevel, levelCosts } from '../../lib/tune/level-cost.ts';

const level = (number: number, ratio: number, megabytesPerSecond: number) => ({
  level: number,
  ratio,
  megabytesPerSecond,
});

describe('levelCosts', () => {
  it('sums the CPU and the egress of one GB', () => {
    const [cost] = levelCosts([level(6, 5, 26)]);
    // 1,000 MB at 26 MB/s on 1,769 MB of arm64, and 0.2 GB at $0.09.
    expect(cost!.cpuDollars).toBeCloseTo((1_000 / 26) * (1_769 / 1_024) * 0.0000133334, 8);
    expect(cost!.egressDollars).toBeCloseTo(0.018, 8);
    expect(cost!.totalDollars).toBe(cost!.cpuDollars + cost!.egressDollars);
  });
});

describe('bestLevel', () => {
  it('pays CPU to save egress', () => {
    expect(bestLevel(levelCosts([level(1, 3, 80), level(6, 5, 26)])).level).toBe(6);
  });

  it('does not pay more CPU than the egress it saves', () => {
    expect(bestLevel(levelCosts([level(6, 5, 26), level(9, 5.05, 5)])).level).toBe(6);
  });

  it('takes the fastest of levels that cost the same within 1 %', () => {
    expect(bestLevel(levelCosts([level(1, 1, 80), level(6, 1.001, 26), level(9, 1.002, 9)])).level).toBe(1);
  });
});
