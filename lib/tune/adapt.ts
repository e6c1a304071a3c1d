import type { Layout } from '../plan/layout.ts';
import type { ByteSource } from '../read/byte-source.ts';
import { type Recipe, recipeSchema } from '../recipe/schema.ts';
import { chooseBatches, chooseFlow } from './choose-knobs.ts';
import { extentOf } from './extent.ts';
import { gzipLevels } from './gzip-levels.ts';
import { profileSamples } from './profile.ts';
import { sampleSource } from './sample.ts';

const ADAPTED = [
  'recordsPerBatch',
  'highWater',
  'requestsInFlight',
  'compressionLevel',
  'chunkBytes',
] as const;

export type AdaptedTuning = Partial<Pick<Recipe['tuning'], (typeof ADAPTED)[number]>>;

/**
 * Chooses knobs for a source by a sample of it: those of `ADAPTED` that the recipe leaves at their defaults.
 * Depends on the bytes of the source and the recipe alone, so that a second look chooses the same.
 *
 * @returns nothing to change for a source in which no record is found
 * @throws {ReadError} what the source throws
 * @throws {FrameError} where the file as a whole cannot be read with these settings
 */
export const adaptTuning = async (
  source: ByteSource,
  layout: Layout,
  recipe: Recipe,
): Promise<AdaptedTuning> => {
  const { bytesPerBatch, workers, memory } = recipe.tuning;
  const samples = [await sampleSource(source, layout, recipe)];
  const profile = profileSamples(samples, recipe);
  if (profile.records === 0) return {};
  const chosen = {
    ...chooseBatches(profile, bytesPerBatch),
    ...chooseFlow({
      profile,
      extent: extentOf(samples),
      levels: gzipLevels(profile.body),
      workers,
      memoryMB: memory,
    }).choices,
  };
  const defaults = recipeSchema.parse({}).tuning;
  const free = ADAPTED.filter((knob) => recipe.tuning[knob] === defaults[knob]);
  return Object.fromEntries(free.map((knob) => [knob, chosen[knob].value]));
};
