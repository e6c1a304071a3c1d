import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesBefore } from '../../lib/plan/place.ts';

const sizes = fc.integer({ min: 1, max: 50 * 1024 ** 4 });

/** Bytes of each part, where an object is cut at `places`. */
const partsOf = (places: readonly number[], extent: Parameters<typeof bytesBefore>[1]): number[] =>
  places.slice(1).map((place, i) => bytesBefore(place, extent) - bytesBefore(places[i]!, extent));

const sum = (parts: readonly number[]): number => parts.reduce((total, part) => total + part, 0);

it('gives rows parts of the bytes that come to all of them, wherever they are cut', () => {
  fc.assert(
    fc.property(
      sizes,
      fc.integer({ min: 1, max: 2 ** 40 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
      (sizeBytes, rows, shares) => {
        const cuts = shares.map((share) => Math.floor(share * rows)).sort((a, b) => a - b);
        const parts = partsOf([0, ...cuts, rows], { object: { sizeBytes }, rows });
        expect(sum(parts)).toBe(sizeBytes);
        expect(parts.every((part) => part >= 0 && Number.isInteger(part))).toBe(true);
      },
    ),
  );
});

it('counts whole bytes between places that lie inside of them', () => {
  const extent = { object: { sizeBytes: 100 } };
  expect(partsOf([0, 10.5, 10.75, 11, 100], extent)).toEqual([10, 0, 1, 89]);
});
