import { availableParallelism } from 'node:os';
import { formatOf } from '../lib/frame/formats.ts';
import type { Report } from '../lib/ledger/report.ts';
import type { Recipe } from '../lib/recipe/schema.ts';
import { lambdaMachine } from '../lib/tune/machine.ts';
import { measureMachine } from '../lib/tune/measure-machine.ts';
import { type Plan, planImport } from '../lib/tune/planner.ts';
import { quotaOf } from '../lib/tune/quota.ts';
import { type Sample, sampleSource } from '../lib/tune/sample.ts';
import { workloadOf } from '../lib/tune/workload.ts';
import { type OpenedSource, openSources } from './open-sources.ts';

/** A few files tell what the others are like. */
const SAMPLED_FILES_MAX = 5;
const LAMBDA_RESPONSE_MS = 200;
const LOOPBACK_RESPONSE_MS = 10;

export interface PredictionOptions {
  readonly files: readonly string[];
  readonly recipe: Recipe;
  /** Mixpanel is played by a simulator on this machine. */
  readonly hasSimulator: boolean;
  /** Default: what loopback or Mixpanel usually takes. */
  readonly responseMs?: number;
}

/** What an import should take here, and what it would take on Lambda. */
export interface Prediction {
  readonly here: Plan;
  readonly lambda: Plan;
}

/**
 * Predicts an import by samples of its files and by what this machine can do just now, in about half a second.
 *
 * @returns undefined where the samples hold no record, or cannot be taken: the import will say why
 */
export const predictImport = async (options: PredictionOptions): Promise<Prediction | undefined> => {
  const { files, recipe, hasSimulator } = options;
  const { tuning } = recipe;
  const samples = await sampleFiles(files.slice(0, SAMPLED_FILES_MAX), recipe).catch(() => []);
  const sampled = workloadOf(samples, recipe, [tuning.compressionLevel]);
  if (sampled === undefined) return undefined;
  const scale = files.length / samples.length;
  const { sources, sourceBytes, records } = sampled.workload;
  const workload = {
    ...sampled.workload,
    sources: sources * scale,
    sourceBytes: sourceBytes * scale,
    records: Math.round(records * scale),
  };
  const machine = await measureMachine({
    records: samples.flatMap(({ spots }) => spots.flatMap((spot) => spot.records)),
    body: sampled.body,
    inRuns: samples.every(({ format }) => formatOf(format).frameRuns !== undefined),
    recipe,
    cores: availableParallelism(),
    hasSimulator,
    now: () => performance.now(),
  });
  const common = { workload, tuning, quota: quotaOf(recipe.destination) };
  return {
    here: planImport({ ...common, machine, responseMs: options.responseMs ?? usualResponseMs(options) }),
    lambda: planImport({ ...common, machine: lambdaMachine(tuning.memory), responseMs: LAMBDA_RESPONSE_MS }),
  };
};

const sampleFiles = async (files: readonly string[], recipe: Recipe): Promise<Sample[]> => {
  const { sources, close } = await openSources(files, recipe);
  try {
    return await Promise.all(sources.map((opened) => sampleOne(opened, recipe)));
  } finally {
    close();
  }
};

const sampleOne = ({ source, layout }: OpenedSource, recipe: Recipe): Promise<Sample> =>
  sampleSource(source, layout, recipe);

const usualResponseMs = ({ recipe, hasSimulator }: PredictionOptions): number =>
  hasSimulator || recipe.destination.endpoint !== undefined ? LOOPBACK_RESPONSE_MS : LAMBDA_RESPONSE_MS;

/** What the reports of a run say together. */
export interface Measurement {
  readonly eventsPerSecond: number;
  readonly seconds: number;
  readonly memoryMB: number;
  readonly requests: number;
}

type Measured = Pick<Report, 'records' | 'memory' | 'requests'> & {
  readonly timing: Pick<Report['timing'], 'startedAt' | 'finishedAt'>;
};

/** From the first start to the last end; undefined where nothing has ended. */
export const measurementOf = (reports: readonly Measured[]): Measurement | undefined => {
  const ended = reports.filter(({ timing }) => timing.finishedAt !== null);
  if (ended.length === 0) return undefined;
  const startedMs = Math.min(...ended.map(({ timing }) => Date.parse(timing.startedAt)));
  const finishedMs = Math.max(...ended.map(({ timing }) => Date.parse(timing.finishedAt!)));
  const seconds = Math.max(0.001, (finishedMs - startedMs) / 1_000);
  const records = ended.reduce((sum, report) => sum + report.records.read, 0);
  return {
    eventsPerSecond: records / seconds,
    seconds,
    memoryMB: Math.max(...ended.map(({ memory }) => memory.peakMB)),
    requests: ended.reduce((sum, { requests }) => sum + requests.total, 0),
  };
};
