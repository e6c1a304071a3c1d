import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { parseRecipe } from '../lib/recipe/parse.ts';
import type { Recipe, RecipeInput } from '../lib/recipe/schema.ts';
import type { Recommendation } from '../lib/tune/recommend.ts';
import { sampleSource } from '../lib/tune/sample.ts';
import { type TuneResult, tune } from '../lib/tune/tune.ts';
import { type OpenedSource, openSources } from './open-sources.ts';
import { readRecipeFile } from './recipe.ts';
import { type TunedSource, tuneText } from './tune-text.ts';
import { UsageError } from './usage-error.ts';

const TUNE_VERSION = 1;
/** A few files tell what the others are like. */
const SOURCES_MAX = 20;

export interface TuneFlags {
  readonly recipe?: string | undefined;
  readonly availableMemory?: number | undefined;
  /** Where the recommended recipe goes. */
  readonly write?: string | undefined;
  readonly force?: boolean | undefined;
  readonly json?: boolean | undefined;
}

export const addTune = (program: Command, wholeNumber: (text: string) => number): Command =>
  program
    .command('tune')
    .description('look at samples of files or S3 objects and recommend the knobs to import them with')
    .argument('<source...>', 'files, folders, quoted globs or s3://BUCKET/KEY')
    .option('--recipe <file>', 'recipe to start from: fields, limits')
    .option('--available-memory <mb>', 'memory that all senders together may take, in MB', wholeNumber)
    .option('--write <file>', 'write the recommended recipe to a file')
    .option('--force', 'overwrite the file')
    .option('--json', 'write everything to stdout as JSON');

/** `fanout tune`. @returns the exit code: 1 where there is no record to go by */
export const tuneCommand = async (names: readonly string[], flags: TuneFlags): Promise<number> => {
  const given = flags.recipe === undefined ? {} : await readRecipeFile(flags.recipe);
  const recipe = parseRecipe(given);
  const { sources, close } = await openSources(names, recipe);
  try {
    const { samples, tuned } = await sampleAll(sources, recipe);
    const result = tune(samples, {
      recipe,
      availableMemoryMB: flags.availableMemory,
      isRemote: sources.some(({ uri }) => uri.startsWith('s3://')),
      now: cpuMs,
    });
    const advised = result.recommendation && withKnobs(given, result.recommendation);
    publish(tuned, result, advised, flags);
    if (flags.write !== undefined && advised) await writeRecipe(flags.write, advised, flags.force);
    return advised ? 0 : 1;
  } finally {
    close();
  }
};

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

const sampleAll = async (sources: readonly OpenedSource[], recipe: Recipe) => {
  if (sources.length > SOURCES_MAX) {
    throw new UsageError(
      `${sources.length} sources are named, and at most ${SOURCES_MAX} are sampled: name a few that are typical.`,
    );
  }
  const samples = [];
  for (const { source, layout } of sources) samples.push(await sampleSource(source, layout, recipe));
  const tuned: TunedSource[] = sources.map(({ uri, source, layout }) => ({
    uri,
    bytes: source.sizeBytes,
    ...layout,
  }));
  return { samples, tuned };
};

/** The recipe as it was given, with the recommended knobs in its `tuning`. */
const withKnobs = (given: RecipeInput, recommendation: Recommendation): RecipeInput => {
  const values = Object.entries(recommendation).map(([knob, { value }]) => [knob, value]);
  return { ...given, tuning: { ...given.tuning, ...Object.fromEntries(values) } };
};

const publish = (
  sources: readonly TunedSource[],
  result: TuneResult,
  recipe: RecipeInput | undefined,
  { json }: TuneFlags,
): void => {
  if (json) {
    const document = { version: TUNE_VERSION, sources, ...result, recipe };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else process.stderr.write(`${tuneText(sources, result, process.stderr)}\n`);
};

const writeRecipe = async (path: string, recipe: RecipeInput, force = false): Promise<void> => {
  await writeFile(path, `${JSON.stringify(recipe, null, 2)}\n`, { flag: force ? 'w' : 'wx' }).catch(
    (cause: NodeJS.ErrnoException) => {
      throw new UsageError(
        cause.code === 'EEXIST'
          ? `${path} exists: give --force to overwrite it, or another name.`
          : `The recipe cannot be written to ${path} (${cause.code}).`,
        { cause },
      );
    },
  );
  process.stderr.write(`Wrote ${path}: import with --recipe ${path}.\n`);
};
