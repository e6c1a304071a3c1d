import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkBytesFor, cutRanges } from '../../lib/plan/ranges.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';

const MiB = 1024 * 1024;

describe('chunkBytesFor', () => {
  it.each([
    ['a small source', 1, 10, 4 * MiB],
    ['four chunks for every worker', 400 * MiB, 10, 10 * MiB],
    ['a large source', 1024 * 1024 * MiB, 10, 64 * MiB],
  ])('plans chunks for %s', (_, sizeBytes, workers, expected) => {
    expect(chunkBytesFor(sizeBytes, parseRecipe({ tuning: { workers } }).tuning)).toBe(expected);
  });

  it('takes what the recipe says', () => {
    expect(chunkBytesFor(400 * MiB, parseRecipe({ tuning: { chunkBytes: 5_000 } }).tuning)).toBe(5_000);
  });
});

describe('cutRanges', () => {
  it('gives every byte to exactly one range, none longer than chunkBytes', () => {
    fc.assert(
      fc.property(fc.nat(2_000), fc.integer({ min: 10, max: 700 }), (sizeBytes, chunkBytes) => {
        const ranges = [...cutRanges(sizeBytes, chunkBytes)];
        expect(ranges.length).toBe(Math.ceil(sizeBytes / chunkBytes));
        let at = 0;
        for (const { start, end } of ranges) {
          expect(start).toBe(at);
          expect(end - start).toBeGreaterThan(0);
          expect(end - start).toBeLessThanOrEqual(chunkBytes);
          at = end;
        }
        expect(at).toBe(sizeBytes);
      }),
    );
  });

  it('makes ranges one by one, so that a huge source costs nothing', () => {
    expect(cutRanges(Number.MAX_SAFE_INTEGER, 4_096).next().value).toEqual({ start: 0, end: 4_096 });
  });
});
