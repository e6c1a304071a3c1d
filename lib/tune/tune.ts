import type { Recipe } from '../recipe/schema.ts';
import { type Extent, extentOf } from './extent.ts';
import { type Finding, findingsOf } from './findings.ts';
import { measureGzipLevels } from './gzip-levels.ts';
import type { LevelCost } from './level-cost.ts';
import { profileSamples, type RecordProfile } from './profile.ts';
import { readingLoadOf } from './reading-load.ts';
import { type Recommendation, recommend } from './recommend.ts';
import type { Sample } from './sample.ts';

/** What samples tell, and what follows from it. */
export interface TuneResult {
  readonly profile: RecordProfile;
  readonly extent: Extent;
  readonly findings: readonly Finding[];
  /** Measured on this machine; with the price of each level. */
  readonly gzip: readonly LevelCost[];
  /** Absent where no record was found. */
  readonly recommendation?: Recommendation;
}

export interface TuneOptions {
  readonly recipe: Recipe;
  readonly availableMemoryMB?: number | undefined;
  readonly isRemote: boolean;
  /** Milliseconds of CPU time. */
  readonly now: () => number;
}

/** Profiles samples of sources that are to be imported alike, and recommends knobs for them. */
export const tune = (
  samples: readonly Sample[],
  { recipe, availableMemoryMB, isRemote, now }: TuneOptions,
): TuneResult => {
  const { body, ...profile } = profileSamples(samples, recipe);
  const extent = extentOf(samples);
  const findings = findingsOf(profile, samples, recipe);
  if (profile.records === 0) return { profile, extent, findings, gzip: [] };
  const { knobs, costs } = recommend({
    profile,
    extent,
    levels: measureGzipLevels(body, now),
    bytesPerBatch: recipe.tuning.bytesPerBatch,
    reading: readingLoadOf(samples, recipe),
    availableMemoryMB,
    isRemote,
  });
  return { profile, extent, findings, gzip: costs, recommendation: knobs };
};
