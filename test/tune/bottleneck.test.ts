import { describe, expect, it } from 'vitest';
import { bottleneckOf } from '../../lib/tune/bottleneck.ts';

const NO_WAIT = { source: 0, request: 0, throttle: 0, transform: 0 };

describe('bottleneckOf', () => {
  it.each([
    ['none', NO_WAIT],
    ['none', { source: 199, request: 199, throttle: 199, transform: 199 }],
    ['source', { ...NO_WAIT, source: 5_000, request: 4_999 }],
    ['network', { ...NO_WAIT, request: 200 }],
    ['transform', { ...NO_WAIT, transform: 900, source: 800 }],
    ['api', { ...NO_WAIT, throttle: 500, request: 400 }],
    ['api', { source: 500, request: 500, throttle: 500, transform: 500 }],
  ])('names %s', (expected, waitMs) => {
    expect(bottleneckOf(waitMs)).toBe(expected);
  });
});
