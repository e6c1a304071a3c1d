import { describe, expect, it } from 'vitest';
import {
  addRefusal,
  addTry,
  afterDrought,
  firstRefusal,
  isDrought,
  type Refusals,
  type Refused,
} from '../../lib/send/refusals.ts';

const middle = () => 0.5;
const SHARE = 0.1;
const QUOTA_MS = 60;
const TURN_MS = QUOTA_MS / SHARE;

const refused = (sentAtMs: number, overrides: Partial<Refused> = {}): Refused => ({
  quotaMs: QUOTA_MS,
  sentAtMs,
  backoffMs: 10_000,
  ...overrides,
});
const begin = (overrides: Partial<Refused> = {}): Refusals =>
  firstRefusal(refused(0, overrides), { share: SHARE, lastAcceptedMs: -TURN_MS }, 0);

describe('refusals: when the next try is', () => {
  it.each([
    ['soon, whatever a turn is', { quotaMs: 1_000 }, 2_500],
    ['sooner where back-offs are shorter', { backoffMs: 10 }, 5],
    ['when the API says', { retryAfterMs: 20_000 }, 20_000],
    ['within a minute, whatever the API says', { retryAfterMs: 3_600_000 }, 60_000],
  ])('%s, after the first', (_, overrides, tryAtMs) => {
    expect(begin(overrides).tryAtMs).toBe(tryAtMs);
  });

  it.each([
    ['2.5 s later', QUOTA_MS, 5_000, 2_500],
    ['a turn later, if that is longer', 1_000, 5_000, 10_000],
    ['2.5 s later up to a minute', QUOTA_MS, 60_000, 2_500],
    ['twice as late from then on', QUOTA_MS, 64_000, 32_000],
    ['a minute later at most', QUOTA_MS, 600_000, 60_000],
  ])('is %s, after a later one', (_, quotaMs, sentAtMs, gapMs) => {
    const next = addTry(begin(), { quotaMs, sentAtMs }, middle);
    expect(next.tryAtMs - sentAtMs).toBe(gapMs);
  });

  it('varies by a quarter', () => {
    const tryAt = (random: () => number) =>
      addTry(begin(), { quotaMs: QUOTA_MS, sentAtMs: 5_000 }, random).tryAtMs;
    expect([tryAt(() => 0), tryAt(() => 1)]).toEqual([6_875, 8_125]);
  });

  it('is put off by what the API says later', () => {
    expect(addRefusal(begin(), refused(2_500, { retryAfterMs: 9_000 }), 2_700).tryAtMs).toBe(11_700);
  });
});

describe('refusals: droughts', () => {
  it.each([
    [1_900, false],
    [2_000, true],
  ])('refusals %i ms apart: %s', (sentAtMs, expected) => {
    expect(isDrought(addRefusal(begin(), refused(sentAtMs), sentAtMs))).toBe(expected);
  });

  const lasting = (lastSentMs: number): Refusals => addRefusal(begin(), refused(lastSentMs), lastSentMs);

  it.each([
    [14_000, 16_000, 0.75],
    [28_000, 32_000, 0.5],
    [40_000, 40_000, 1 / 3],
    [59_000, 70_000, 0.25],
    [15_000, 3_600_000, 0.5],
  ])('from the last refusal at %i ms and the acceptance at %i ms: %d is left', (lastMs, sentAtMs, left) => {
    const { share } = afterDrought(lasting(lastMs), { quotaMs: QUOTA_MS, sentAtMs }, middle);
    expect(share / SHARE / left).toBeGreaterThan(0.97);
    expect(share / SHARE / left).toBeLessThan(1);
  });

  it('rests for a part of what turns are longer than tries, if they are', () => {
    const rest = (quotaMs: number, random: () => number) =>
      afterDrought({ ...lasting(30_000), sinceMs: 0 }, { quotaMs, sentAtMs: 30_000 }, random).restMs;
    expect(rest(QUOTA_MS, () => 1)).toBe(0);
    expect(rest(1_000, () => 0)).toBe(0);
    expect(rest(1_000, () => 1)).toBeCloseTo(1_000 / (SHARE * 0.5 * 0.985) - 10_000);
  });
});
