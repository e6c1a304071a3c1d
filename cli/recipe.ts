import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseRecipe } from '../lib/recipe/parse.ts';
import type { Recipe, RecipeInput } from '../lib/recipe/schema.ts';
import { UsageError } from './usage-error.ts';

export interface RecipeFlags {
  readonly recipe?: string | undefined;
  readonly preset?: string | undefined;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly workers?: number | undefined;
  readonly memory?: number | undefined;
}

/** On one machine, more senders than this only share its cores. */
const LOCAL_WORKERS_MIN = 2;

/**
 * The recipe of this run: the file if one is named, flags over it.
 *
 * @throws {UsageError | RecipeError}
 */
export const loadRecipe = async (flags: RecipeFlags): Promise<Recipe> => {
  const given = await givenRecipe(flags);
  return withLocalWorkers(given, parseRecipe(given));
};

/** As {@link loadRecipe}, but with the workers that a deployment would have. */
export const loadDeployedRecipe = async (flags: RecipeFlags): Promise<Recipe> =>
  parseRecipe(await givenRecipe(flags));

const givenRecipe = async (flags: RecipeFlags) => {
  const file = flags.recipe === undefined ? {} : await readRecipeFile(flags.recipe);
  parseRecipe(file);
  const { preset = file.preset, region, endpoint, workers, memory } = flags;
  return {
    ...file,
    ...defined({ preset }),
    destination: { ...file.destination, ...defined({ region, endpoint }) },
    tuning: { ...file.tuning, ...defined({ workers, memory }) },
  };
};

/** @throws {UsageError} */
export const readRecipeFile = async (path: string): Promise<RecipeInput> => {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`The recipe ${path} cannot be read.`, { cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(
      `The recipe ${path} is not valid JSON: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
};

/** Where neither the recipe nor its preset says how many, as many senders as this machine has cores. */
const withLocalWorkers = (given: Pick<RecipeInput, 'tuning'>, recipe: Recipe): Recipe =>
  recipe.preset !== undefined || given.tuning?.workers !== undefined
    ? recipe
    : {
        ...recipe,
        tuning: { ...recipe.tuning, workers: Math.max(LOCAL_WORKERS_MIN, availableParallelism()) },
      };

const defined = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
