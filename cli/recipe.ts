import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { withOverrides } from '../lib/recipe/overrides.ts';
import { parseRecipe } from '../lib/recipe/parse.ts';
import { type Recipe, type RecipeInput, recipeSchema } from '../lib/recipe/schema.ts';
import { UsageError } from './usage-error.ts';

export interface RecipeFlags {
  readonly recipe?: string | undefined;
  readonly preset?: string | undefined;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly workers?: number | undefined;
  readonly memory?: number | undefined;
  /** Any setting of the recipe, by its path or its own name. */
  readonly set?: Readonly<Record<string, string>> | undefined;
}

/** Gathers `--set name=value`, which may come several times. @throws {InvalidArgumentError} */
export const gatherSettings = (
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError(`"${text}" is not like highWater=200.`);
  return { ...before, [name]: value };
};

export const SET_HELP = 'any setting of docs/recipe.md, e.g. highWater=200; may come several times';

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

const givenRecipe = async (flags: RecipeFlags): Promise<RecipeInput> => {
  const file = flags.recipe === undefined ? {} : await readRecipeFile(flags.recipe);
  parseRecipe(file);
  const { preset = file.preset, region, endpoint, workers, memory } = flags;
  const given = {
    ...file,
    ...defined({ preset }),
    destination: { ...file.destination, ...defined({ region, endpoint }) },
    tuning: { ...file.tuning, ...defined({ workers, memory }) },
  };
  // Its callers check it.
  return withOverrides(given, flags.set ?? {}, { schema: recipeSchema, what: 'recipe' }) as RecipeInput;
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
