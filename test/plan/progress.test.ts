import { describe, expect, it } from 'vitest';
import { addCounts, countReason } from '../../lib/plan/progress.ts';

describe('countReason', () => {
  it('counts further reasons together once there are many', () => {
    const byReason: Record<string, number> = {};
    for (let i = 0; i < 70; i++) countReason(byReason, `reason ${i}`);
    countReason(byReason, 'reason 7', { count: 4 });
    expect(Object.keys(byReason)).toHaveLength(51);
    expect(byReason).toMatchObject({ 'reason 7': 5, 'reason 49': 1, OTHER: 20 });
  });
});

describe('addCounts', () => {
  it('adds key by key', () => {
    const onto = { a: 1, b: 2 };
    addCounts(onto, { b: 3, c: 4 });
    expect(onto).toEqual({ a: 1, b: 5, c: 4 });
  });
});
