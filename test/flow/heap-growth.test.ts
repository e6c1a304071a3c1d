import { expect, it } from 'vitest';
import { heapGrowthPercent } from '../../lib/flow/heap-growth.ts';

it.each([
  [128, 114],
  [512, 457],
  [1_769, 600],
])('lets the buffers of a function of %i MB gather in proportion to its memory', (memoryMB, percent) => {
  expect(heapGrowthPercent(memoryMB)).toBe(percent);
});
