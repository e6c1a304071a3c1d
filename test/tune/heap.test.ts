import { describe, expect, it } from 'vitest';
import { nodeMemoryFlags, oldSpaceMB, semiSpaceMB } from '../../lib/tune/heap.ts';

describe('oldSpaceMB', () => {
  it.each([
    [128, 83],
    [512, 332],
    [10_240, 6_656],
  ])('leaves room beside the heap of %i MB', (memoryMB, expected) => {
    expect(oldSpaceMB(memoryMB)).toBe(expected);
  });
});

describe('semiSpaceMB', () => {
  it.each([
    [128, 2],
    [512, 4],
    [10_240, 16],
  ])('keeps the young generation of %i MB small', (memoryMB, expected) => {
    expect(semiSpaceMB(memoryMB)).toBe(expected);
  });
});

it('starts Node with both limits, and with gc() for the knobs that call it', () => {
  expect(nodeMemoryFlags(256)).toEqual([
    '--max-semi-space-size=2',
    '--max-old-space-size=166',
    '--expose-gc',
  ]);
});
