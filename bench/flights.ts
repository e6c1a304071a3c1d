import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startSimulatorProcess } from '../cli/simulator.ts';
import { writeAvro } from './flights/write-avro.ts';
import { NO_QUOTA } from './no-quota.ts';
import { lookForOthers } from './others.ts';
import { type MeasuredImport, measureImport } from './run-import.ts';

/** Of the package `vega-datasets`: 3,000,000 rows in 11 row groups, zstd, 13 MB. */
const PARQUET = fileURLToPath(
  new URL('../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url),
);
const MB = 1_000_000;

const { values } = parseArgs({
  options: {
    formats: { type: 'string', default: 'parquet,avro' },
    memory: { type: 'string', default: '512' },
    workers: { type: 'string', default: '2' },
    'compression-level': { type: 'string', default: '1' },
  },
});

const RECIPE = {
  fields: {
    event: { constant: 'Flight' },
    time: { column: 'date' },
    distinct_id: { column: 'origin', keep: true },
  },
  // Flights that are equal in all columns are different flights.
  insertId: 'position',
  destination: { quota: NO_QUOTA },
  tuning: {
    workers: Number(values.workers),
    memory: Number(values.memory),
    compressionLevel: Number(values['compression-level']),
  },
};

const main = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanout-bench-'));
  try {
    await writeFile(join(folder, 'recipe.json'), JSON.stringify(RECIPE));
    const avro = join(folder, 'flights-3m.avro');
    const rows = await writeAvro(PARQUET, avro);
    const busyCores = await lookForOthers();
    const results = [];
    for (const format of values.formats.split(','))
      results.push(await run(folder, format === 'avro' ? avro : PARQUET, { format, rows }));
    console.table(Object.fromEntries(results.map(({ format, ...row }) => [format, row])));
    process.stdout.write(`${JSON.stringify({ busyCores, results })}\n`);
    if (!results.every(({ ok }) => ok)) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

interface Flights {
  readonly format: string;
  readonly rows: number;
}

const run = async (folder: string, path: string, flights: Flights) => {
  const simulator = await startSimulatorProcess();
  try {
    const options = ['--endpoint', simulator.url, '--recipe', join(folder, 'recipe.json')];
    const measured = await measureImport(folder, path, options);
    const { size } = await stat(path);
    return resultOf(flights, { ...measured, unique: await simulator.uniqueEvents(), size });
  } finally {
    await simulator.close();
  }
};

interface Outcome extends MeasuredImport {
  /** Different events that the simulator has. */
  readonly unique: number;
  /** Bytes of the file. */
  readonly size: number;
}

const resultOf = (
  { format, rows }: Flights,
  { exitCode, report, unique, size, seconds, cpuSeconds, peaksMB }: Outcome,
) => ({
  format,
  MB: round(size / MB),
  chunks: report?.chunks.total,
  rows,
  imported: report?.records.imported,
  unique,
  seconds: round(seconds),
  'events per CPU-second': Math.round(rows / cpuSeconds.sender),
  'sender CPU s': round(cpuSeconds.sender),
  'splitter CPU s': round(cpuSeconds.splitter),
  'sender MB': Math.round(peaksMB.sender),
  'splitter MB': Math.round(peaksMB.splitter),
  ok:
    exitCode === 0 &&
    unique === rows &&
    report?.records.read === rows &&
    report.records.imported === rows &&
    report.bytes.read === size &&
    peaksMB.sender < RECIPE.tuning.memory,
});

const round = (value: number): number => Math.round(value * 10) / 10;

await main();
