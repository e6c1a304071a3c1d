import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseRecipe } from '../lib/recipe/parse.ts';
import type { Recipe } from '../lib/recipe/schema.ts';
import { UsageError } from './usage-error.ts';

export interface RecipeFlags {
  readonly recipe?: string | undefined;
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
  const file = flags.recipe === undefined ? {} : await readRecipeFile(flags.recipe);
  const { destination, tuning } = parseRecipe(file);
  return parseRecipe({
    ...file,
    destination: { ...destination, ...defined({ region: flags.region, endpoint: flags.endpoint }) },
    tuning: {
      ...tuning,
      workers: workersOf(file),
      ...defined({ workers: flags.workers, memory: flags.memory }),
    },
  });
};

const readRecipeFile = async (path: string): Promise<Readonly<Record<string, unknown>>> => {
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

const workersOf = (file: Readonly<Record<string, unknown>>): number => {
  const { tuning } = file as { tuning?: { workers?: number } };
  return tuning?.workers ?? Math.max(LOCAL_WORKERS_MIN, availableParallelism());
};

const defined = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
