import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clearBit, countBits, hasBit, readBitmap, setBit, writeBitmap } from '../../lib/ledger/bitmap.ts';

const bitmapOf = (indexes: Iterable<number>): Buffer => {
  let bitmap = readBitmap('');
  for (const index of indexes) bitmap = setBit(bitmap, index);
  return bitmap;
};

describe('bitmap', () => {
  it('is a set of numbers that survives being written', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2_000)), fc.array(fc.nat(3_000)), (set, cleared) => {
        const bitmap = bitmapOf(set);
        for (const index of cleared) clearBit(bitmap, index);
        const expected = new Set(set).difference(new Set(cleared));
        const read = readBitmap(writeBitmap(bitmap));
        expect(countBits(read)).toBe(expected.size);
        for (const index of [...set, ...cleared]) expect(hasBit(read, index)).toBe(expected.has(index));
      }),
    );
  });

  it('holds 100,000 chunks in 17 kB', () => {
    const bitmap = bitmapOf(Array(100_000).keys());
    expect(countBits(bitmap)).toBe(100_000);
    expect(writeBitmap(bitmap.subarray(0, 12_500)).length).toBeLessThan(17_000);
  });

  it('has nothing beyond its end', () => {
    expect(hasBit(bitmapOf([3]), 1_000_000)).toBe(false);
  });
});
