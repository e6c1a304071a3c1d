import { type Leaf, leavesOf } from '../lib/recipe/leaves.ts';
import { parseRecipe } from '../lib/recipe/parse.ts';
import { recipeSchema } from '../lib/recipe/schema.ts';
import { BINDINGS } from '../lib/tune/bottleneck.ts';
import { CAPS } from '../lib/tune/caps.ts';
import { DENSITY_CLASSES } from '../lib/tune/density.ts';
import { WORKED_EXAMPLES } from '../lib/tune/formulas.ts';
import { GZIP_MEGABYTES_PER_SECOND } from '../lib/tune/gzip-levels.ts';
import { IN_FLIGHT_SHARE } from '../lib/tune/heap.ts';
import { ASSUMED_SPEEDS, lambdaMachine } from '../lib/tune/machine.ts';
import { type Plan, planImport } from '../lib/tune/planner.ts';
import { MEMORY_PARTS } from '../lib/tune/predict-memory.ts';
import { PRESETS, type Preset } from '../lib/tune/presets.ts';
import { PRICES_DATE, PRICES_REGION, priceList } from '../lib/tune/prices.ts';
import { DEFAULT_QUOTA } from '../lib/tune/quota.ts';
import { ASSUMED_RATIO_AT_LEVEL_6, RELATIVE_RATIO } from '../lib/tune/ratio.ts';
import { SYMPTOMS } from '../lib/tune/symptoms.ts';
import type { Parts } from './docs.ts';
import { ON_LAMBDA } from './knobs-on-lambda.ts';

const MB = 1_000_000;
const TB = 1_000_000_000_000;
const RESPONSE_MS = 200;

/** The generated parts of docs/tuning.md, from the data that the code itself goes by. */
export const tuningParts = (): Parts => ({
  knobs: knobsTable(),
  presets: presetsTable(),
  'size classes': sizesTable(),
  formulas: formulasTable(),
  caps: table(
    ['cap', 'what it is', 'what to do'],
    Object.entries(CAPS).map(([cap, { what, turn }]) => [code(cap), what, turn]),
  ),
  'gzip levels': gzipTable(),
  memory: table(
    ['part', 'value', 'what it is'],
    [
      ...Object.entries(MEMORY_PARTS).map(([part, { value, what }]) => [code(part), amount(value), what]),
      ['share', `${IN_FLIGHT_SHARE * 100} %`, "of the function's memory, which batches under way may take"],
    ],
  ),
  plans: plansTable(),
  prices: pricesTable(),
  bottlenecks: table(
    ['bottleneck', 'stages', 'binds from', 'why'],
    Object.entries(BINDINGS).map(([kind, { stages, from, why }]) => [
      code(kind),
      stages.map(code).join(', '),
      `${from * 100} %`,
      why,
    ]),
  ),
  symptoms: table(
    ['symptom', 'alarm', 'metric', 'in the report', 'turn'],
    SYMPTOMS.map(({ symptom, alarms, metrics, report, turn }) => [
      symptom,
      ...[alarms, metrics, report].map((names) => names.map(code).join(', ')),
      turn,
    ]),
  ),
});

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const code = (text: string): string => `\`${text}\``;

const count = (value: number): string => Math.round(value).toLocaleString('en-US');

const amount = (value: number): string => (value >= 10_000 ? `${value / MB} MB` : String(value));

const knobsTable = (): string => {
  const knobs = leavesOf(recipeSchema).filter(({ path }) => path[0] === 'tuning');
  return table(['knob', 'values', 'default', 'meaning', 'on Lambda'], knobs.map(knobRow));
};

const knobRow = ({ path, type, default: value, description }: Leaf): string[] => {
  const name = path.at(-1)!;
  const fallback = value === undefined ? 'planned' : code(JSON.stringify(value));
  return [code(name), type.replace(/^integer /, ''), fallback, description, ON_LAMBDA[name] ?? ''];
};

const presetsTable = (): string => {
  const presets: [string, Preset][] = Object.entries(PRESETS);
  const names = [...new Set(presets.flatMap(([, { tuning }]) => Object.keys(tuning)))];
  return table(
    ['preset', 'when', ...names.map(code)],
    presets.map(([name, { situation, tuning }]) => {
      const values: Readonly<Record<string, unknown>> = { ...tuning };
      return [code(name), situation, ...names.map((knob) => String(values[knob] ?? ''))];
    }),
  );
};

const sizesTable = (): string =>
  table(
    [
      'class',
      'average below',
      'measured with',
      'workers at most',
      'highWater at most',
      'requestsInFlight',
      'throttleMemory',
    ],
    DENSITY_CLASSES.map((each) => [
      each.name,
      Number.isFinite(each.averageBytesBelow) ? `${count(each.averageBytesBelow)} B` : 'any size',
      each.benchmarkLabel,
      `${each.workersMax}, one for each ${each.megabytesPerWorker} MB`,
      `${each.highWaterMax}, one for each ${each.megabytesPerHighWater} MB`,
      String(each.requestsInFlight),
      String(each.throttleMemory),
    ]),
  );

const formulasTable = (): string =>
  table(
    ['formula', 'with numbers', 'result'],
    WORKED_EXAMPLES.map(({ formula, numbers, result, unit }) => [
      formula,
      numbers,
      `${count(result)} ${unit}`,
    ]),
  );

const gzipTable = (): string =>
  table(
    ['level', 'MB/s of one vCPU', `ratio, where level 6 has ${ASSUMED_RATIO_AT_LEVEL_6} : 1`],
    Object.keys(GZIP_MEGABYTES_PER_SECOND).map((level) => [
      level,
      count(ASSUMED_SPEEDS.gzipBytesPerSecond(Number(level)) / MB),
      `${(ASSUMED_RATIO_AT_LEVEL_6 * RELATIVE_RATIO[Number(level)]!).toFixed(1)} : 1`,
    ]),
  );

const plansTable = (): string => {
  const names = ['memory-constrained', 'balanced', 'maximum-speed', 'large-events'] as const;
  const rows = DENSITY_CLASSES.flatMap(({ benchmarkBytes }) =>
    names.map((preset) =>
      planRow(`${count(benchmarkBytes)} B`, preset, planOfTerabyte(benchmarkBytes, preset)),
    ),
  );
  return table(
    ['events of', 'preset', 'events/s', 'held back by', 'hours', 'memory per sender', 'cost'],
    rows,
  );
};

const planOfTerabyte = (recordBytes: number, preset: keyof typeof PRESETS): Plan => {
  const { tuning } = parseRecipe({ preset });
  const workload = {
    sources: 1,
    sourceBytes: TB,
    records: Math.round(TB / recordBytes),
    recordBytes,
    ratioAtLevel6: ASSUMED_RATIO_AT_LEVEL_6,
    isStaged: false,
  };
  const machine = lambdaMachine(tuning.memory);
  return planImport({ workload, tuning, machine, quota: DEFAULT_QUOTA, responseMs: RESPONSE_MS });
};

const planRow = (size: string, preset: string, plan: Plan): string[] => [
  size,
  code(preset),
  count(plan.eventsPerSecond),
  plan.bindingCap,
  (plan.seconds / 3_600).toFixed(1),
  `${count(plan.memory.peakMB)} of ${count(plan.memory.budgetMB)} MB`,
  `$${plan.cost.total.toFixed(2)}`,
];

const pricesTable = (): string =>
  [
    table(
      ['what', 'price', 'per', 'source'],
      priceList().map(({ what, usd, quantity, unit, source }) => [
        what,
        `$${usd}`,
        `${quantity === 1 ? '' : `${count(quantity)} `}${unit}`,
        `<${source}>`,
      ]),
    ),
    '',
    `List prices of ${PRICES_REGION}, read on ${PRICES_DATE}.`,
  ].join('\n');
