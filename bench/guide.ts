/**
 * Runs every row of the performance guide's tables through the embedded cloud and prints throughput and memory beside
 * the guide's. `node bench/guide.ts [small|medium|large]... [--level N] [--scale N] [--json] [--append]`
 * Exits 1 where a row takes more memory than the guide's, or an event is missing or came twice.
 */
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DENSITY_CLASSES, type Density } from '../lib/tune/density.ts';
import { circumstancesNow } from './circumstances.ts';
import { type EventsFile, generateEvents } from './generate.ts';
import { GUIDE_ROWS } from './guide/rows.ts';
import { type RowResult, runRow } from './guide/run.ts';
import { sectionText, tablesText, verdictText } from './guide/table.ts';
import { lookForOthers } from './others.ts';

const BENCHMARKS = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));
/** Enough for 10 to 15 seconds a row on two cores. */
const EVENTS: Readonly<Record<Density, number>> = { small: 500_000, medium: 120_000, large: 24_000 };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    level: { type: 'string' },
    scale: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    append: { type: 'boolean', default: false },
  },
});
const compressionLevel = values.level === undefined ? undefined : Number(values.level);

const main = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanout-guide-'));
  const results: RowResult[] = [];
  const busyCores: number[] = [];
  try {
    for (const { name, benchmarkBytes } of DENSITY_CLASSES) {
      const rows = GUIDE_ROWS.filter(({ density }) => density === name && isAskedFor(name));
      if (rows.length === 0) continue;
      const file = await generateFile(folder, name, benchmarkBytes);
      for (const row of rows) {
        busyCores.push(await lookForOthers());
        results.push(await runRow({ row, file, folder, compressionLevel }));
      }
      await rm(file.path);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await publish(results, Math.max(...busyCores));
};

const isAskedFor = (density: Density): boolean => positionals.length === 0 || positionals.includes(density);

const generateFile = (folder: string, density: Density, eventBytes: number): Promise<EventsFile> =>
  generateEvents({
    path: join(folder, `${density}.jsonl`),
    events: Math.round(EVENTS[density] * Number(values.scale)),
    eventBytes,
  });

const publish = async (results: readonly RowResult[], busyCores: number): Promise<void> => {
  const circumstances = circumstancesNow(busyCores);
  if (values.json) process.stdout.write(`${JSON.stringify({ ...circumstances, results }, null, 2)}\n`);
  else process.stdout.write(`${tablesText(results)}\n\n${verdictText(results)}\n`);
  if (values.append) await appendFile(BENCHMARKS, `\n${sectionText(results, circumstances)}\n`);
  const isGood = results.every(({ isWhole, isWithinMemory }) => isWhole && isWithinMemory);
  if (!isGood) process.exitCode = 1;
};

await main();
