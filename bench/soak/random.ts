import { seededRandomAt } from '../../local/mixpanel/random.ts';

/** Choices that depend on a seed and an ordinal alone. */
export interface Random {
  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number;
  /** True in this share of calls. */
  chance(share: number): boolean;
  pick<T>(list: readonly T[]): T;
}

export const randomAt = (seed: number, ordinal: number): Random => {
  const next = seededRandomAt(seed, ordinal);
  const between = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    between,
    chance: (share) => next() < share,
    pick: (list) => list[between(0, list.length - 1)]!,
  };
};
