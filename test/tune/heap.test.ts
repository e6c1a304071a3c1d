import { describe, expect, it } from 'vitest';
import { heapOptions, oldSpaceMB, semiSpaceMB } from '../../lib/tune/heap.ts';

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
    [256, 4],
    [512, 8],
    [1_769, 16],
    [10_240, 16],
  ])('keeps the young generation of %i MB small', (memoryMB, expected) => {
    expect(semiSpaceMB(memoryMB)).toBe(expected);
  });
});

it('gives both to Node', () => {
  expect(heapOptions(512)).toEqual(['--max-old-space-size=332', '--max-semi-space-size=8', '--expose-gc']);
});
