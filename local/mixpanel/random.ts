/**
 * Deterministic pseudo-random numbers in [0, 1) from a 32-bit seed (mulberry32).
 *
 * @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
 */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The generator that belongs to one ordinal of a seeded series, whatever was drawn for the others. */
export function seededRandomAt(seed: number, ordinal: number): () => number {
  return seededRandom(seed ^ Math.imul(ordinal + 1, 0x9e3779b1));
}
