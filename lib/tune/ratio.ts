import type { Tuning } from '../recipe/schema.ts';
import type { Workload } from './quantities.ts';

/** gzip of event JSON at each level, relative to level 6: measured on events of 300 B to 10 KB. */
export const RELATIVE_RATIO: Readonly<Record<number, number>> = {
  1: 0.8,
  2: 0.84,
  3: 0.9,
  4: 0.9,
  5: 0.97,
  6: 1,
  7: 1.005,
  8: 1.03,
  9: 1.035,
};

/** Assumed where nothing was measured: event JSON shrinks to a fifth, often to an eighth. */
export const ASSUMED_RATIO_AT_LEVEL_6 = 5;

/** What ratios measured at any levels come to at level 6; undefined where there is none. */
export const levelSixRatio = (ratios: Readonly<Record<number, number>>): number | undefined => {
  const [level, ratio] = Object.entries(ratios).find(([each]) => Number(each) > 0) ?? [];
  return ratios[6] ?? (ratio === undefined ? undefined : ratio / RELATIVE_RATIO[Number(level)]!);
};

/** Uncompressed bytes per byte sent. */
export const ratioOf = (
  { ratioAtLevel6, ratios }: Pick<Workload, 'ratioAtLevel6' | 'ratios'>,
  { compress, compressionLevel }: Pick<Tuning, 'compress' | 'compressionLevel'>,
): number => {
  if (!compress || compressionLevel === 0) return 1;
  return ratios?.[compressionLevel] ?? Math.max(1, ratioAtLevel6 * RELATIVE_RATIO[compressionLevel]!);
};
