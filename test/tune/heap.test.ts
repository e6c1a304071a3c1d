import { describe, expect, it } from 'vitest';
import { oldSpaceMB } from '../../lib/tune/heap.ts';

describe('oldSpaceMB', () => {
  it.each([
    [128, 83],
    [512, 332],
    [10_240, 6_656],
  ])('leaves room beside the heap of %i MB', (memoryMB, expected) => {
    expect(oldSpaceMB(memoryMB)).toBe(expected);
  });
});
