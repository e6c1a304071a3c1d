import fc from 'fast-check';

/** A change to a file, at a share of its length. */
interface Change {
  readonly at: number;
  readonly removedBytes: number;
  readonly inserted: Uint8Array;
}

const TROUBLE = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  ';',
  '\n',
  '\r',
  '\r\n',
  '\t',
  '\0',
  'x',
  '5',
  '\ufeff',
  '\ud800',
  'é',
];

/** Evenly spread: `fc.double` is so over its bits, and hits nothing but the first byte. */
const share = fc.nat({ max: 999_999 }).map((part) => part / 1_000_000);

/** Changes that hurt text: bytes that mean something put in or taken out, and the end cut off. */
export const damage: fc.Arbitrary<Change[]> = fc.array(
  fc.record({
    at: share,
    removedBytes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5 }), fc.constant(10_000)),
    inserted: fc.oneof(
      fc.array(fc.constantFrom(...TROUBLE), { maxLength: 4 }).map((parts) => Buffer.from(parts.join(''))),
      fc.uint8Array({ maxLength: 3 }),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

export const damaged = (file: Buffer, changes: readonly Change[]): Buffer =>
  changes.reduce((bytes, { at, removedBytes, inserted }) => {
    const index = Math.floor(at * bytes.length);
    return Buffer.concat([bytes.subarray(0, index), inserted, bytes.subarray(index + removedBytes)]);
  }, file);
