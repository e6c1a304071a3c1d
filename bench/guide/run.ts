import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { predictImport } from '../../cli/prediction.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import type { Bottleneck } from '../../lib/tune/bottleneck.ts';
import type { Cap } from '../../lib/tune/caps.ts';
import { startCountingProcess } from '../counting-process.ts';
import type { EventsFile } from '../generate.ts';
import { type MeasuredImport, measureImport } from '../run-import.ts';
import { type GuideRow, type RealisedRow, realise, recipeOf } from './rows.ts';

/** What the guide's formulas and examples assume of the API. */
export const RESPONSE_MS = 200;

export interface RowResult {
  readonly guide: GuideRow;
  readonly realised: RealisedRow;
  readonly compressionLevel: number;
  readonly recordsPerBatch: number;
  readonly events: number;
  readonly seconds: number;
  readonly eventsPerSecond: number;
  /** Peak resident memory of each process that was a sender, in MiB. */
  readonly sendersMB: readonly number[];
  readonly sendersSumMB: number;
  /** The processes around them: command line with queues and object store, splitter, ledger. */
  readonly othersMB: number;
  /** Cores that each kept busy, on average over the run. */
  readonly cores: { readonly senders: number; readonly others: number; readonly server: number };
  /** What held it back, as the report says, and as the planner had said. */
  readonly bottleneck: Bottleneck;
  readonly cap: Cap;
  /** Every event arrived once, and no sender was ended for its memory. */
  readonly isWhole: boolean;
  /** The senders together took no more memory than the guide's process. */
  readonly isWithinMemory: boolean;
}

export interface RunRowOptions {
  readonly row: GuideRow;
  readonly file: EventsFile;
  readonly folder: string;
  /** Default: the recipe's. */
  readonly compressionLevel?: number | undefined;
}

/** Imports a file with the knobs of a row, into a server that answers after 200 ms. */
export const runRow = async ({ row, file, folder, compressionLevel }: RunRowOptions): Promise<RowResult> => {
  const server = await startCountingProcess({ responseMs: RESPONSE_MS });
  try {
    const input = recipeOf(row, compressionLevel);
    const recipe = parseRecipe({ ...input, destination: { ...input.destination, endpoint: server.url } });
    const prediction = await predictImport({
      files: [file.path],
      recipe,
      hasSimulator: false,
      responseMs: RESPONSE_MS,
    });
    if (!prediction) throw new Error(`${file.path} holds no record.`);
    const recipePath = join(folder, 'recipe.json');
    await writeFile(recipePath, JSON.stringify(recipe));
    const measured = await measureImport(folder, file.path, ['--recipe', recipePath, '--json']);
    const { events, cpuSeconds } = await server.counts();
    return {
      guide: row,
      realised: realise(row),
      compressionLevel: recipe.tuning.compressionLevel,
      recordsPerBatch: prediction.here.recordsPerBatch,
      cap: prediction.here.bindingCap,
      ...resultOf(measured, { row, expected: file.events, arrived: events, serverCpuSeconds: cpuSeconds }),
    };
  } finally {
    await server.close();
  }
};

interface Run {
  readonly row: GuideRow;
  readonly expected: number;
  readonly arrived: number;
  readonly serverCpuSeconds: number;
}

const resultOf = (measured: MeasuredImport, { row, expected, arrived, serverCpuSeconds }: Run) => {
  const { report, senders, peaksMB, cpuSeconds } = measured;
  const { senders: planned } = realise(row);
  const seconds = report?.timing.seconds ?? measured.seconds;
  const sendersMB = senders.map(({ peakMB }) => peakMB);
  const sendersSumMB = sum(sendersMB);
  const addsUp = arrived === expected && report?.records.imported === expected && measured.exitCode === 0;
  return {
    events: expected,
    seconds,
    eventsPerSecond: report?.timing.eventsPerSecond ?? 0,
    sendersMB,
    sendersSumMB,
    othersMB: peaksMB.cli + peaksMB.splitter + peaksMB.ledger,
    cores: {
      senders: cpuSeconds.sender / seconds,
      others: (cpuSeconds.cli + cpuSeconds.splitter + cpuSeconds.ledger) / seconds,
      server: serverCpuSeconds / seconds,
    },
    bottleneck: report?.bottleneck ?? 'none',
    isWhole: addsUp && senders.length === planned,
    isWithinMemory: sendersSumMB > 0 && sendersSumMB <= row.memoryMB,
  };
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
