import './node-under-clock.ts';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { runSeed, type SeedResult } from './run.ts';
import { summaryText } from './summary.ts';

const HELP = `Imports with faults, simulated: npm run chaos -- [--seed N] [--runs N] [--trace]

  --seed N   the first seed (1)
  --runs N   how many seeds from there on (1000)
  --trace    print what happens; with --runs 1
  --help     print this
`;
const PROGRESS_EVERY = 100;
/** Of a failing seed, what happened last. */
const TRACE_LINES_MAX = 80;

const readOptions = (): { seed: number; runs: number; trace: boolean } => {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      runs: { type: 'string', default: '1000' },
      trace: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const [seed, runs] = [Number(values.seed), Number(values.runs)];
  if (![seed, runs].every((value) => Number.isSafeInteger(value) && value >= 0)) {
    process.stderr.write(HELP);
    process.exit(2);
  }
  return { seed, runs, trace: values.trace };
};

/** Seeds go to one thread after another, so that each has its share of slow ones. */
const runAll = async (first: number, runs: number): Promise<SeedResult[]> => {
  const threads = Math.min(availableParallelism(), runs);
  const results: SeedResult[] = [];
  const runShare = (thread: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const workerData = { first: first + thread, step: threads, end: first + runs };
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
      worker.on('message', (result: SeedResult) => {
        results.push(result);
        if (results.length % PROGRESS_EVERY === 0) process.stderr.write(`${results.length} of ${runs}\n`);
      });
      worker.on('error', reject);
      worker.on('exit', () => resolve());
    });
  await Promise.all(Array.from({ length: threads }, (_, thread) => runShare(thread)));
  return results.sort((a, b) => a.seed - b.seed);
};

const showFailing = async ({ seed, problems }: SeedResult): Promise<void> => {
  const trace: string[] = [];
  await runSeed(seed, (line) => trace.push(line));
  const last = trace.slice(-TRACE_LINES_MAX);
  process.stdout.write(
    `seed ${seed}, its last ${last.length} of ${trace.length} steps:\n${last.join('\n')}\n`,
  );
  for (const { kind, text } of problems) process.stdout.write(`  ${kind}: ${text}\n`);
  process.stdout.write(`again: npm run chaos -- --seed ${seed} --runs 1 --trace\n\n`);
};

const { seed, runs, trace } = readOptions();
const results = trace
  ? [await runSeed(seed, (line) => process.stdout.write(`${line}\n`))]
  : await runAll(seed, runs);
const failing = results.filter(({ problems }) => problems.length > 0);
if (!trace && failing[0]) await showFailing(failing[0]);
process.stdout.write(summaryText(results));
process.exitCode = failing.length > 0 ? 1 : 0;
