import { describe, expect, it } from 'vitest';
import { roundsPerSecond } from '../../lib/tune/closed-loop.ts';

describe('senders that share cores', () => {
  it('come round as fast alone as their waits and the cores allow', () => {
    expect(roundsPerSecond({ senders: 1, waitSeconds: 0.3, coresSeconds: 0.2 })).toBeCloseTo(2);
  });

  it('do not slow each other down where they only wait', () => {
    expect(roundsPerSecond({ senders: 40, waitSeconds: 0.5, coresSeconds: 0 })).toBeCloseTo(80);
  });

  it('lose what the cores idle while all of them wait: two of them a fifth, here', () => {
    // By hand: alone 0.5 at the cores; the second finds half a sender there, so 2 / (1 + 1.5).
    expect(roundsPerSecond({ senders: 2, waitSeconds: 1, coresSeconds: 1 })).toBeCloseTo(0.8);
  });

  it('fill the cores where they are many, and never more than that', () => {
    const rounds = roundsPerSecond({ senders: 50, waitSeconds: 1, coresSeconds: 0.2 });
    expect(rounds).toBeLessThanOrEqual(5);
    expect(rounds).toBeGreaterThan(4.99);
  });
});
