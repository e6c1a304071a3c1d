import { describe, expect, it } from 'vitest';
import {
  type Backoff,
  backoffFrom,
  DEFAULT_BACKOFF,
  parseRetryAfter,
  retryDelayMs,
} from '../../lib/send/retry.ts';

const delays = (random: number, backoff: Backoff = DEFAULT_BACKOFF) =>
  [1, 2, 3, 4, 5, 6, 7, 2_000].map((attempt) => retryDelayMs({ attempt, random: () => random, backoff }));

describe('retryDelayMs', () => {
  it('doubles from 2 s to 60 s and adds 1 s at least', () => {
    expect(delays(0)).toEqual([3_000, 5_000, 9_000, 17_000, 33_000, 61_000, 61_000, 61_000]);
  });

  it('adds 5 s at most', () => {
    expect(delays(1)).toEqual([7_000, 9_000, 13_000, 21_000, 37_000, 65_000, 65_000, 65_000]);
  });

  it('doubles to 8 s only what was refused for the quota', () => {
    const throttled = { throttled: true, random: () => 0, backoff: DEFAULT_BACKOFF };
    const waits = [1, 2, 3, 4, 10].map((attempt) => retryDelayMs({ ...throttled, attempt }));
    expect(waits).toEqual([3_000, 5_000, 9_000, 9_000, 9_000]);
  });

  it('goes by its options', () => {
    const backoff = {
      firstMs: 1,
      maxMs: 4,
      throttledMaxMs: 4,
      jitterMinMs: 0,
      jitterMaxMs: 2,
      retryAfterMaxMs: 9,
    };
    expect(delays(0.5, backoff)).toEqual([2, 3, 5, 5, 5, 5, 5, 5]);
  });

  it.each([
    ['obeys', 30_000, 31_000],
    ['obeys, though it is shorter than the doubling,', 10_000, 11_000],
    ['caps', 3_600_000, 121_000],
    ['caps', Number.POSITIVE_INFINITY, 121_000],
    ['takes no less than the first wait from', 0, 3_000],
  ])('%s a Retry-After of %i ms', (_, retryAfterMs, expected) => {
    const random = () => 0;
    expect(retryDelayMs({ attempt: 6, retryAfterMs, random, backoff: DEFAULT_BACKOFF })).toBe(expected);
  });
});

describe('backoffFrom', () => {
  it('scales the first wait and the jitter alike', () => {
    expect(delays(0, backoffFrom(20))).toEqual([30, 50, 90, 170, 330, 650, 1_290, 60_010]);
    expect(delays(1, backoffFrom(20)).slice(0, 3)).toEqual([70, 90, 130]);
    expect(delays(1, backoffFrom(4_000)).slice(0, 2)).toEqual([14_000, 18_000]);
  });

  it('leaves the longest waits as they are', () => {
    const { maxMs, retryAfterMaxMs } = DEFAULT_BACKOFF;
    expect(backoffFrom(20)).toMatchObject({ maxMs, retryAfterMaxMs });
  });

  it('of the first wait of the policy is the policy', () => {
    expect(backoffFrom(DEFAULT_BACKOFF.firstMs)).toEqual(DEFAULT_BACKOFF);
  });
});

describe('parseRetryAfter', () => {
  const nowMs = Date.UTC(2026, 8, 1, 12, 0, 0);

  it.each([
    ['0', 0],
    ['17', 17_000],
    [' 17 ', 17_000],
    ['9'.repeat(400), Number.POSITIVE_INFINITY],
    ['Tue, 01 Sep 2026 12:00:20 GMT', 20_000],
    ['Tue, 01 Sep 2026 11:00:00 GMT', 0],
    ['', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['Tue, 99 Sep 2026 99:00:00 GMT', undefined],
    ['2026-09-01T12:00:20Z', undefined],
  ])('reads %j as %j ms', (value, expected) => {
    expect(parseRetryAfter(value, nowMs)).toBe(expected);
  });
});
