/**
 * Predicts imports through the embedded cloud, then runs them: throughput and memory of events of three sizes, once
 * held back by the answers and once by the CPU. `node bench/calibrate.ts [small|medium|large]...`
 * Exits 1 where a prediction is off by more than a quarter. Throughput does not count where other programs took CPU.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { type Measurement, measurementOf, type Prediction, predictImport } from '../cli/prediction.ts';
import type { Report } from '../lib/ledger/report.ts';
import { parseRecipe } from '../lib/recipe/parse.ts';
import type { Recipe, RecipeInput } from '../lib/recipe/schema.ts';
import { DENSITY_CLASSES, type DensityClass } from '../lib/tune/density.ts';
import { startEmbeddedCloud } from '../local/cloud/cloud.ts';
import { generateEvents } from './generate.ts';
import { lookForOthers } from './others.ts';

const MB = 1_000_000;
const SIMULATOR = fileURLToPath(new URL('../local/mixpanel/main.ts', import.meta.url));
const POLL_MS = 100;
/** More cores than this in use by others, before or after an import, disturb it. */
const BUSY_CORES_MAX = 0.25;
const OFF_BY_MAX = 0.25;
/** An import should take long enough that its start is a small part of it. */
const FILE_BYTES = { small: 60 * MB, medium: 120 * MB, large: 150 * MB };

/** The scenarios are held back by answers and CPU, so not by the pace. */
const QUOTA = { eventsPerSecond: 10_000_000, megabytesPerMinute: 1_000_000 };

interface Scenario {
  readonly name: string;
  readonly responseMs: number;
  readonly tuning: NonNullable<RecipeInput['tuning']>;
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'answers', responseMs: 1_000, tuning: { workers: 2, requestsInFlight: 1, memory: 512 } },
  { name: 'CPU', responseMs: 200, tuning: { workers: 2, requestsInFlight: 8, memory: 1_024 } },
];

interface Result {
  readonly density: DensityClass;
  readonly scenario: Scenario;
  readonly prediction: Prediction;
  readonly measured: Measurement;
  /** Cores that other programs kept busy, before and after. */
  readonly busyCores: number;
}

const main = async (names: readonly string[]): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanout-calibrate-'));
  const results: Result[] = [];
  try {
    for (const density of DENSITY_CLASSES.filter(({ name }) => names.length === 0 || names.includes(name))) {
      const path = join(folder, `${density.name}.jsonl`);
      await generateEvents({ path, bytes: FILE_BYTES[density.name], eventBytes: density.benchmarkBytes });
      for (const scenario of SCENARIOS) results.push(await runScenario({ density, scenario, path, folder }));
      await rm(path);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  process.stdout.write(`${tableOf(results)}\n`);
  if (!results.every(isClose)) process.exitCode = 1;
};

const runScenario = async ({
  density,
  scenario,
  path,
  folder,
}: Pick<Result, 'density' | 'scenario'> & { path: string; folder: string }): Promise<Result> => {
  const busyBefore = await lookForOthers();
  const simulator = await startSimulator(scenario.responseMs);
  try {
    const { tuning, responseMs } = scenario;
    const recipe = parseRecipe({ destination: { endpoint: simulator.url, quota: QUOTA }, tuning });
    const prediction = await predictImport({ files: [path], recipe, hasSimulator: true, responseMs });
    const measured = measurementOf([await importFile(path, recipe, folder)]);
    if (!prediction || !measured) throw new Error(`${density.name} events gave no measurement.`);
    const busyCores = Math.max(busyBefore, await lookForOthers());
    return { density, scenario, prediction, measured, busyCores };
  } finally {
    await simulator.close();
  }
};

const startSimulator = async (responseMs: number): Promise<{ url: string; close(): Promise<unknown> }> => {
  const child = spawn(
    process.execPath,
    [SIMULATOR, '--keep', 'counts', '--response-ms', String(responseMs)],
    {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    },
  );
  const exited = once(child, 'exit');
  const [line] = await once(child.stdout!.setEncoding('utf8'), 'data');
  return {
    url: JSON.parse(String(line)).url,
    close: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
};

const importFile = async (path: string, recipe: Recipe, folder: string): Promise<Report> => {
  const cloud = await startEmbeddedCloud({
    recipe,
    credentialsJson: JSON.stringify({ token: 'bench' }),
    folder,
  });
  try {
    const { importId } = await cloud.drop(path);
    let report: Report | undefined;
    while (!report || report.state === 'running') {
      await sleep(POLL_MS);
      report = await cloud.report(importId);
    }
    if (report.state === 'failed') throw new Error(`The import failed: ${JSON.stringify(report.failures)}`);
    return report;
  } finally {
    await cloud.close();
  }
};

/** Throughput and memory, predicted against measured, as shares. */
const offBy = ({ prediction: { here }, measured }: Result): [number, number] => [
  here.records / here.seconds / measured.eventsPerSecond - 1,
  here.memory.peakMB / measured.memoryMB - 1,
];

const isClose = (result: Result): boolean => {
  const [eventsOff, memoryOff] = offBy(result).map(Math.abs) as [number, number];
  return memoryOff <= OFF_BY_MAX && (eventsOff <= OFF_BY_MAX || result.busyCores > BUSY_CORES_MAX);
};

const tableOf = (results: readonly Result[]): string => {
  const head = [
    'events',
    'held back by',
    'cap',
    'events/s',
    'measured',
    'off by',
    'MB',
    'measured',
    'off by',
    'others',
  ];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const result of results) {
    const { density, scenario, prediction, measured } = result;
    const { here } = prediction;
    const [eventsOff, memoryOff] = offBy(result).map((share) => `${Math.round(share * 100)} %`);
    table.push([
      density.benchmarkLabel,
      scenario.name,
      here.bindingCap,
      Math.round(here.records / here.seconds),
      Math.round(measured.eventsPerSecond),
      eventsOff!,
      Math.round(here.memory.peakMB),
      Math.round(measured.memoryMB),
      memoryOff!,
      `${result.busyCores.toFixed(1)} cores`,
    ]);
  }
  return table.toString();
};

await main(process.argv.slice(2));
