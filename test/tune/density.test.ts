import { describe, expect, it } from 'vitest';
import { DENSITY_CLASSES, densityOf } from '../../lib/tune/density.ts';

describe('densityOf', () => {
  it.each([
    [0, 'small'],
    [999, 'small'],
    [1_000, 'medium'],
    [4_999, 'medium'],
    [5_000, 'large'],
    [1_000_000, 'large'],
  ])('puts events of %d bytes into the class %s', (bytes, name) => {
    expect(densityOf(bytes).name).toBe(name);
  });

  it('puts the events that each class is measured with into that class', () => {
    for (const { name, benchmarkBytes } of DENSITY_CLASSES) expect(densityOf(benchmarkBytes).name).toBe(name);
  });
});
