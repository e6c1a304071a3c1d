import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Pace,
  type PacedRequest,
  paceAccepted,
  paceDelayMs,
  paceRefused,
  paceSent,
  startPace,
  TURN_WAIT_MS_MAX,
} from '../../lib/send/pace.ts';

const MINUTE_MS = 60_000;
/** 2,000 events of 30,000 per second. */
const BATCH_MS = 2_000 / 30;
const middle = () => 0.5;

const request = (sentAtMs: number, wasDelayed = true): PacedRequest => ({
  quotaMs: BATCH_MS,
  sentAtMs,
  wasDelayed,
});
const refuse = (pace: Pace, atMs: number, backoffMs = 6_000): Pace =>
  paceRefused(pace, { ...request(atMs), backoffMs }, atMs + 200);
const accept = (pace: Pace, atMs: number, wasDelayed = true): Pace =>
  paceAccepted(pace, request(atMs, wasDelayed), atMs + 200, middle);

/** Sends as fast as the pace allows, a hundred times too fast at most. */
const sendFor = (pace: Pace, startMs: number, durationMs: number): { pace: Pace; sent: number } => {
  let [sent, nowMs] = [0, startMs];
  let current = pace;
  while (sent < (100 * durationMs) / BATCH_MS) {
    nowMs += paceDelayMs(current, BATCH_MS, nowMs);
    if (nowMs >= startMs + durationMs) break;
    current = paceSent(current, request(nowMs), middle);
    sent += 1;
  }
  return { pace: current, sent };
};

describe('pace: sending', () => {
  it.each([1, 2, 10, 64])('begins with an equal part of the quota among %i senders', (workers) => {
    const { sent } = sendFor(startPace(workers, 0), 0, MINUTE_MS);
    const part = MINUTE_MS / BATCH_MS / workers;
    expect(sent).toBeGreaterThan(part * 0.95 - 2);
    expect(sent).toBeLessThanOrEqual(part + 1);
  });

  it.each([2, 10, 30])('lets a first few requests of %i senders go at once', (workers) => {
    let pace = startPace(workers, 0);
    for (let n = 0; n < 3; n++) {
      expect(paceDelayMs(pace, BATCH_MS, 0)).toBe(0);
      pace = paceSent(pace, request(0), () => 0);
    }
  });

  it('takes the same in every later minute', () => {
    const { pace } = sendFor(startPace(10, 0), 0, MINUTE_MS);
    const { sent } = sendFor(pace, MINUTE_MS, 10 * MINUTE_MS);
    expect(sent).toBeCloseTo((0.97 * 10 * MINUTE_MS) / BATCH_MS / 10, -1);
  });

  it('never delays a sender that needs less than its part', () => {
    let pace = startPace(10, 0);
    const gapMs = (BATCH_MS * 10) / 0.9;
    for (let nowMs = 0; nowMs < 5 * MINUTE_MS; nowMs += gapMs) {
      expect(paceDelayMs(pace, BATCH_MS, nowMs)).toBe(0);
      pace = paceSent(pace, request(nowMs, false), middle);
    }
  });

  it('delays no request for more than a minute, even when the clock is set back', () => {
    const pace = paceSent(startPace(100, 0), { ...request(3_600_000), quotaMs: 1_000_000 }, middle);
    expect(paceDelayMs(pace, BATCH_MS, 0)).toBe(TURN_WAIT_MS_MAX);
    expect(paceDelayMs(refuse(pace, 3_600_000), BATCH_MS, 0)).toBe(TURN_WAIT_MS_MAX);
  });
});

describe('pace: what is accepted', () => {
  it('adds nothing in the first minute, which says nothing yet', () => {
    expect(accept(startPace(10, 0), 50_000).share).toBe(startPace(10, 0).share);
  });

  it('adds a little after it', () => {
    const { share } = accept(startPace(10, 0), 2 * MINUTE_MS);
    expect(share / startPace(10, 0).share).toBeGreaterThan(1);
    expect(share / startPace(10, 0).share).toBeLessThan(1.001);
  });

  it('adds nothing for a request that the pace did not hold up', () => {
    expect(accept(startPace(10, 0), 2 * MINUTE_MS, false).share).toBe(startPace(10, 0).share);
  });

  it('adds more, the longer nothing is refused', () => {
    let pace = startPace(10, 0);
    const gains: number[] = [];
    for (let n = 1; n <= 2_000; n++) {
      const next = accept(pace, 2 * MINUTE_MS + n * 600);
      if (n === 1 || n === 600) gains.push(next.share - pace.share);
      pace = next;
    }
    expect(gains[1]).toBeGreaterThan(1.5 * gains[0]!);
  });
});

describe('pace: what is refused', () => {
  const calm = accept(startPace(10, 0), 100_000);

  it('takes a twentieth of the share', () => {
    expect(refuse(calm, 101_000).share).toBeCloseTo(calm.share * 0.95);
  });

  it('takes it once for what was under way together', () => {
    const cut = refuse(calm, 101_000);
    expect(refuse(cut, 101_100).share).toBe(cut.share);
    const cutAndOver = accept(cut, 101_150);
    expect(refuse(cutAndOver, 101_180).share).toBe(cutAndOver.share);
  });

  it('takes more from a sender that takes more', () => {
    const greedy = { ...calm, share: calm.share * 3 };
    expect(greedy.share - refuse(greedy, 101_000).share).toBeGreaterThan(
      2 * (calm.share - refuse(calm, 101_000).share),
    );
  });

  it('lets nothing through for a moment, then one request', () => {
    const refused = refuse(calm, 101_000);
    expect(paceDelayMs(refused, BATCH_MS, 101_200)).toBe(2_500);
    expect(paceDelayMs(refused, BATCH_MS, 103_700)).toBe(0);
    expect(paceDelayMs(paceSent(refused, request(103_700), middle), BATCH_MS, 103_700)).toBe(2_500);
  });

  it('ends that with the next acceptance', () => {
    expect(paceDelayMs(accept(refuse(calm, 101_000), 101_100), BATCH_MS, 101_300)).toBe(0);
  });

  it('charges nothing for what is sent meanwhile', () => {
    const refused = refuse(calm, 101_000);
    expect(paceSent(refused, request(103_700), middle).paidAtMs).toBe(refused.paidAtMs);
  });

  it.each([
    [15, 0.75],
    [30, 0.5],
    [40, 1 / 3],
  ])('learns from a drought of %i s what is left of the quota', (seconds, left) => {
    let pace = calm;
    for (let second = 0; second < seconds; second += 5) pace = refuse(pace, 100_000 + second * 1_000);
    pace = accept(pace, 100_000 + seconds * 1_000);
    expect(pace.share / calm.share / left).toBeGreaterThan(0.9);
    expect(pace.share / calm.share / left).toBeLessThan(1.15);
  });

  it('goes on at the rate of the new share, at a time of its own, where turns are long', () => {
    const large = { ...request(0), quotaMs: 300 };
    const turnMs = 300 / startPace(64, 0).share;
    let pace = accept(startPace(64, 0), 100_000);
    for (let n = 0; n < 3; n++) {
      pace = paceRefused(pace, { ...large, sentAtMs: 110_000 + n * 5_000, backoffMs: 6_000 }, 110_200);
    }
    const accepted = { ...large, sentAtMs: 140_000 };
    const [early, late] = [() => 0, () => 0.999].map((random) =>
      paceDelayMs(paceAccepted(pace, accepted, 140_000, random), 300, 140_000),
    );
    expect(early).toBeGreaterThan(1.4 * turnMs);
    expect(late).toBeGreaterThan(early! + 0.4 * turnMs);
  });

  it('sends no burst after a drought', () => {
    let pace = calm;
    for (let second = 0; second < 30; second += 5) pace = refuse(pace, 100_000 + second * 1_000);
    pace = accept(pace, 130_000);
    expect(paceDelayMs(pace, BATCH_MS, 130_200)).toBeGreaterThan(BATCH_MS * 10);
  });
});

describe('pace: whatever happens', () => {
  const step = fc.record({
    kind: fc.constantFrom('accept', 'refuse'),
    afterMs: fc.integer({ min: 0, max: 120_000 }),
    quotaMs: fc.double({ min: 0, max: 1_000, noNaN: true }),
    wasDelayed: fc.boolean(),
    backoffMs: fc.integer({ min: 0, max: 125_000 }),
  });

  it('keeps a share above nothing and waits within bounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.array(step, { maxLength: 100 }), (workers, steps) => {
        let pace = startPace(workers, 0);
        let nowMs = 0;
        for (const { kind, afterMs, backoffMs, ...paced } of steps) {
          const sent = { ...paced, sentAtMs: nowMs };
          nowMs += afterMs;
          pace = paceSent(pace, sent, middle);
          pace =
            kind === 'accept'
              ? paceAccepted(pace, sent, nowMs, middle)
              : paceRefused(pace, { ...sent, backoffMs }, nowMs);
          expect(pace.share).toBeGreaterThanOrEqual(0.0199 / workers);
          expect(pace.share).toBeLessThan(2);
          expect(paceDelayMs(pace, paced.quotaMs, nowMs)).toBeLessThanOrEqual(TURN_WAIT_MS_MAX);
        }
      }),
    );
  });
});
