import { type Command, InvalidArgumentError } from 'commander';
import type { Recipe } from '../lib/recipe/schema.ts';
import { lambdaMachine } from '../lib/tune/machine.ts';
import { type PlanOptions, planImport } from '../lib/tune/planner.ts';
import { PRICES_DATE, PRICES_REGION, priceList } from '../lib/tune/prices.ts';
import type { Workload } from '../lib/tune/quantities.ts';
import { quotaOf } from '../lib/tune/quota.ts';
import { ASSUMED_RATIO_AT_LEVEL_6, levelSixRatio } from '../lib/tune/ratio.ts';
import { sampleSource } from '../lib/tune/sample.ts';
import { whatIf } from '../lib/tune/what-if.ts';
import { workloadOf } from '../lib/tune/workload.ts';
import { parseByteSize } from './byte-size.ts';
import { openSources } from './open-sources.ts';
import { planText, pricesText } from './plan-text.ts';
import { gatherSettings, loadDeployedRecipe, type RecipeFlags, SET_HELP } from './recipe.ts';
import { UsageError } from './usage-error.ts';

const PLAN_VERSION = 1;
const RESPONSE_MS = 200;
const RECORD_BYTES = 1_000;
const WHAT_IF_LEVELS = [1, 6, 9];

export interface PlanFlags extends RecipeFlags {
  readonly bytes?: number | undefined;
  readonly recordBytes?: number | undefined;
  readonly responseMs: number;
  readonly compressionRatio?: number | undefined;
  readonly prices?: boolean | undefined;
  readonly json?: boolean | undefined;
}

export const addPlan = (program: Command, wholeNumber: (text: string) => number): Command =>
  program
    .command('plan')
    .description('predict throughput, duration, memory and cost of an import on AWS, before it runs')
    .argument('[source...]', 'files, folders, quoted globs or s3://BUCKET/KEY to sample')
    .option(
      '--bytes <size>',
      'plan for this much, decompressed, in place of sources: 1TB, 500GiB',
      parseByteSize,
    )
    .option('--record-bytes <size>', `with --bytes: average record (default: ${RECORD_BYTES})`, parseByteSize)
    .option('--recipe <file>', 'recipe to plan with')
    .option('--preset <name>', 'knobs for a situation, by name')
    .option('--workers <n>', 'senders that run at once', wholeNumber)
    .option('--memory <mb>', 'memory of one sender, in MB', wholeNumber)
    .option('--set <name=value>', SET_HELP, gatherSettings)
    .option('--response-ms <ms>', 'how long Mixpanel takes to answer', wholeNumber, RESPONSE_MS)
    .option(
      '--compression-ratio <r>',
      'uncompressed bytes per byte sent, in place of a measurement',
      parseRatio,
    )
    .option('--prices', 'show the prices that plans are made with')
    .option('--json', 'write the plan to stdout as JSON');

const parseRatio = (text: string): number => {
  const ratio = Number(text);
  if (text.trim() !== '' && Number.isFinite(ratio) && ratio >= 1) return ratio;
  throw new InvalidArgumentError(`"${text}" is not a ratio from 1 up, such as 5 for a fifth of the size.`);
};

/** `fanout plan`. @returns the exit code: 1 where the sources hold no record to go by */
export const planCommand = async (names: readonly string[], flags: PlanFlags): Promise<number> => {
  if (flags.prices) return showPrices(flags);
  const recipe = await loadDeployedRecipe(flags);
  const workload = await workloadFor(names, flags, recipe);
  if (workload === undefined) {
    process.stderr.write('No record was found, so there is nothing to go by.\n');
    return 1;
  }
  const options: PlanOptions = {
    workload,
    tuning: recipe.tuning,
    machine: lambdaMachine(recipe.tuning.memory),
    quota: quotaOf(recipe.destination),
    responseMs: Math.max(1, flags.responseMs),
  };
  const plan = planImport(options);
  const changes = whatIf(options);
  if (flags.json)
    writeJson({ workload, tuning: recipe.tuning, responseMs: options.responseMs, plan, whatIf: changes });
  else process.stderr.write(`${planText(options, plan, changes, process.stderr)}\n`);
  return 0;
};

const showPrices = ({ json }: PlanFlags): number => {
  if (json) writeJson({ date: PRICES_DATE, region: PRICES_REGION, prices: priceList() });
  else process.stderr.write(`${pricesText()}\n`);
  return 0;
};

const workloadFor = async (
  names: readonly string[],
  flags: PlanFlags,
  recipe: Recipe,
): Promise<Workload | undefined> => {
  const { bytes, recordBytes, compressionRatio } = flags;
  if (bytes === undefined) {
    if (names.length === 0) throw new UsageError('Nothing to plan for: name a source, or give --bytes 1TB.');
    if (recordBytes !== undefined)
      throw new UsageError('--record-bytes goes with --bytes; a source is measured.');
    const workload = await sampleWorkload(names, recipe);
    return workload && compressionRatio ? withRatio(workload, compressionRatio, recipe) : workload;
  }
  if (names.length > 0)
    throw new UsageError(`--bytes and ${names[0]} are both given; one of them is enough.`);
  const assumed = assumedWorkload(bytes, recordBytes ?? RECORD_BYTES);
  return compressionRatio ? withRatio(assumed, compressionRatio, recipe) : assumed;
};

const sampleWorkload = async (names: readonly string[], recipe: Recipe): Promise<Workload | undefined> => {
  const { compressionLevel } = recipe.tuning;
  const { sources, close } = await openSources(names, recipe);
  try {
    const samples = [];
    for (const { source, layout } of sources) samples.push(await sampleSource(source, layout, recipe));
    return workloadOf(samples, recipe, [...new Set([...WHAT_IF_LEVELS, compressionLevel])])?.workload;
  } finally {
    close();
  }
};

const assumedWorkload = (sourceBytes: number, recordBytes: number): Workload => ({
  sources: 1,
  sourceBytes,
  records: Math.max(1, Math.round(sourceBytes / recordBytes)),
  recordBytes,
  ratioAtLevel6: ASSUMED_RATIO_AT_LEVEL_6,
  isStaged: false,
});

/** The ratio is taken to be that of the recipe's level; others follow from it. */
const withRatio = (workload: Workload, ratio: number, { tuning }: Recipe): Workload => ({
  ...workload,
  ratioAtLevel6: levelSixRatio({ [tuning.compressionLevel]: ratio }) ?? ratio,
  ratios: { [tuning.compressionLevel]: ratio },
});

const writeJson = (content: object): void => {
  process.stdout.write(`${JSON.stringify({ version: PLAN_VERSION, ...content }, null, 2)}\n`);
};
