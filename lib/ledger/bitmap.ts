/** A set of chunk numbers that fits a report: base64 of one bit each. */
export const readBitmap = (base64: string): Buffer => Buffer.from(base64, 'base64');

export const writeBitmap = (bitmap: Buffer): string => bitmap.toString('base64');

export const hasBit = (bitmap: Buffer, index: number): boolean =>
  ((bitmap[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;

/** The bitmap with the bit set; grown by doubling when it must be. */
export const setBit = (bitmap: Buffer, index: number): Buffer => {
  const byte = index >> 3;
  const grown =
    byte < bitmap.length ? bitmap : Buffer.concat([bitmap], Math.max(byte + 1, bitmap.length * 2));
  grown[byte] = grown[byte]! | (1 << (index & 7));
  return grown;
};

export const clearBit = (bitmap: Buffer, index: number): void => {
  const byte = index >> 3;
  if (byte < bitmap.length) bitmap[byte] = bitmap[byte]! & ~(1 << (index & 7));
};

/** The bits that are set in both. */
export const common = (one: Buffer, other: Buffer): Buffer =>
  Buffer.from(one.subarray(0, other.length).map((byte, at) => byte & other[at]!));

export const countBits = (bitmap: Buffer): number => {
  let bits = 0;
  for (let byte of bitmap) for (; byte !== 0; byte &= byte - 1) bits += 1;
  return bits;
};
