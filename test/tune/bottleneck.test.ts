import { describe, expect, it } from 'vitest';
import { noTime } from '../../lib/plan/stage-times.ts';
import { bottleneckOf, isChoppy, timeShares } from '../../lib/tune/bottleneck.ts';

const spent = (stages: Partial<ReturnType<typeof noTime>>) => ({ ...noTime(), ...stages });

describe('bottleneckOf', () => {
  it.each([
    ['none', 'nothing took any time', {}, 0],
    ['none', 'it was over at once', { read: 199 }, 0],
    ['source', 'reads took most', { read: 5_000, request: 4_999 }, 0],
    ['network', 'answers took most', { request: 200 }, 0],
    ['network', 'failures took most', { backoff: 900, throttle: 100 }, 0],
    ['transform', 'mapping took most', { transform: 900, read: 800 }, 0],
    [
      'transform',
      'framing, mapping and gzip did so together',
      { frame: 200, transform: 200, compress: 200, read: 500, request: 400 },
      0,
    ],
    ['api', 'a fifth was waited for the quota', { throttle: 200, request: 800 }, 0],
    ['network', 'less than a fifth was', { throttle: 199, request: 801 }, 0],
    ['none', 'each took a third', { read: 340, request: 330, transform: 330 }, 0],
    ['none', 'memory took most', { memory: 700, read: 300 }, 0],
    ['none', 'two take turns', { read: 500, request: 480, transform: 20 }, 300],
    ['source', 'two take turns, and one of them takes far more', { read: 650, request: 350 }, 300],
    ['source', 'two overlap as well as they can', { read: 500, request: 480, transform: 20 }, 190],
  ])('names %s where %s', (expected, _, stages, choppyMs) => {
    expect(bottleneckOf(spent(stages), choppyMs)).toBe(expected);
  });
});

describe('isChoppy', () => {
  it('begins where larger buffers would save a fifth of the time', () => {
    expect(isChoppy(timeShares(spent({ read: 500, request: 500 }), 200))).toBe(true);
    expect(isChoppy(timeShares(spent({ read: 500, request: 500 }), 199))).toBe(false);
    expect(isChoppy(timeShares(noTime(), 0))).toBe(false);
  });
});
