import { gzipSync } from 'node:zlib';
import type { Recipe } from '../recipe/schema.ts';
import { extentOf } from './extent.ts';
import { profileSamples } from './profile.ts';
import type { Workload } from './quantities.ts';
import { ASSUMED_RATIO_AT_LEVEL_6, levelSixRatio } from './ratio.ts';
import { readingLoadOf } from './reading-load.ts';
import type { Sample } from './sample.ts';

/** Of a larger body, the beginning is compressed. */
const COMPRESSED_BYTES_MAX = 1_000_000;

export interface SampledWorkload {
  readonly workload: Workload;
  /** The first records as they would be sent. */
  readonly body: Buffer;
  /** The counts are of the whole of every source. */
  readonly isExact: boolean;
}

/**
 * What samples of sources say about importing them together.
 *
 * @param levels gzip levels whose ratio is measured
 * @returns undefined where the samples hold no record
 */
export const workloadOf = (
  samples: readonly Sample[],
  recipe: Pick<Recipe, 'fields' | 'insertId' | 'tuning'>,
  levels: readonly number[],
): SampledWorkload | undefined => {
  const profile = profileSamples(samples, recipe);
  const extent = extentOf(samples);
  if (extent.records === 0) return undefined;
  const ratios = measureRatios(profile.body, levels);
  return {
    workload: {
      sources: samples.length,
      sourceBytes: extent.bytes,
      records: extent.records,
      recordBytes: profile.sentBytes,
      ratioAtLevel6: levelSixRatio(ratios) ?? ASSUMED_RATIO_AT_LEVEL_6,
      ratios,
      isStaged: samples.some(({ compression }) => compression !== 'none'),
      reading: readingLoadOf(samples, recipe),
    },
    body: profile.body,
    isExact: extent.isExact,
  };
};

const measureRatios = (body: Buffer, levels: readonly number[]): Record<number, number> => {
  const measured = body.subarray(0, COMPRESSED_BYTES_MAX);
  return Object.fromEntries(
    levels.map((level) => [level, measured.length / gzipSync(measured, { level }).length]),
  );
};
