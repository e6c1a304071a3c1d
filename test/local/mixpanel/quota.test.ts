import { expect, it } from 'vitest';
import { createQuota } from '../../../local/mixpanel/quota.ts';

function quotaAt(limits: { eventsPerMinute: number; bytesPerMinute: number }) {
  let nowMs = 0;
  const quota = createQuota(limits, () => nowMs);
  return { take: quota.take, reset: quota.reset, wait: (ms: number) => (nowMs += ms) };
}

it('counts events and bytes, whichever runs out first', () => {
  const quota = quotaAt({ eventsPerMinute: 10, bytesPerMinute: 100 });
  expect(quota.take(5, 90)).toBe(true);
  expect(quota.take(1, 11)).toBe(false);
  expect(quota.take(6, 1)).toBe(false);
  expect(quota.take(5, 10)).toBe(true);
  expect(quota.take(0, 1)).toBe(false);
});

it('rolls: each use frees up a minute later, not at the turn of one', () => {
  const quota = quotaAt({ eventsPerMinute: 10, bytesPerMinute: 1_000 });
  quota.take(5, 1);
  quota.wait(30_000);
  quota.take(5, 1);
  quota.wait(30_200);
  expect(quota.take(6, 1)).toBe(false);
  expect(quota.take(5, 1)).toBe(true);
  quota.wait(30_000);
  expect(quota.take(5, 1)).toBe(true);
});

it('never passes more than the quota in any minute of steady sending', () => {
  const quota = quotaAt({ eventsPerMinute: 600, bytesPerMinute: 1e9 });
  const passedAt: number[] = [];
  for (let ms = 0; ms < 180_000; ms += 37) {
    if (quota.take(1, 1)) passedAt.push(ms);
    quota.wait(37);
  }
  const inMinuteFrom = (start: number) => passedAt.filter((ms) => ms >= start && ms < start + 60_000).length;
  expect(Math.max(...passedAt.map(inMinuteFrom))).toBe(600);
});

it('passes a request larger than the quota when nothing else was used', () => {
  const quota = quotaAt({ eventsPerMinute: 10, bytesPerMinute: 1_000 });
  expect(quota.take(11, 1)).toBe(true);
  expect(quota.take(1, 1)).toBe(false);
});

it('starts afresh on reset', () => {
  const quota = quotaAt({ eventsPerMinute: 1, bytesPerMinute: 1_000 });
  quota.take(1, 1);
  quota.reset();
  expect(quota.take(1, 1)).toBe(true);
});
