/**
 * CPU of a sender divided by that of gzip alone, on the same batches: with checks, without them, and with fields that
 * come from other columns. `npm run bench -- limit [small|medium|large]... [--runs N] [--megabytes N] [--level N]
 * [--json] [--append]`. Exits 1 where a target is missed.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import type { RecipeInput } from '../lib/recipe/schema.ts';
import { startCountingProcess } from './counting-process.ts';
import { lookForOthers } from './others.ts';
import { medianOf, PUBLISH_OPTIONS, publish } from './publish.ts';
import { runSender } from './run-sender.ts';
import { forEachSize, type SizedFile } from './sizes.ts';

const MB = 1_000_000;
const MiB = 1024 * 1024;
const GZIP_ALONE = join(import.meta.dirname, 'limit/gzip-alone.ts');
const run = promisify(execFile);

interface Mode {
  readonly name: string;
  readonly recipe: RecipeInput;
  readonly target: number;
}

const MODES: readonly Mode[] = [
  { name: 'checked', recipe: {}, target: 1.35 },
  { name: 'sent unread', recipe: { format: 'jsonl', validate: 'off' }, target: 1.15 },
  {
    name: 'mapped',
    recipe: {
      fields: { distinct_id: { column: 'session', keep: true }, time: { column: 'time', keep: true } },
    },
    target: 2.2,
  },
];

interface LimitResult {
  readonly size: string;
  readonly mode: string;
  /** CPU time in nanoseconds for each byte of the file. */
  readonly sender: number;
  readonly gzip: number;
  readonly ratio: number;
  /** What a process takes longer for its first chunk, in seconds of CPU. */
  readonly startSeconds: number;
  readonly target: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '3' },
    megabytes: { type: 'string', default: '420' },
    level: { type: 'string', default: '6' },
    ...PUBLISH_OPTIONS,
  },
});

const main = async (): Promise<void> => {
  const results: LimitResult[] = [];
  const busyCores: number[] = [];
  await forEachSize({ bytes: Number(values.megabytes) * MB, only: positionals }, async (file) => {
    for (const mode of MODES) {
      busyCores.push(await lookForOthers());
      results.push(await compare(file, mode));
    }
  });
  await publish(publishedOf(results), results, { ...values, busyCores: Math.max(...busyCores) });
  if (results.some(({ ratio, target }) => ratio > target)) process.exitCode = 1;
};

const compare = async (file: SizedFile, { name, recipe: fields, target }: Mode): Promise<LimitResult> => {
  const recipe: RecipeInput = {
    ...fields,
    tuning: { compressionLevel: Number(values.level), chunkBytes: 32 * MiB },
  };
  const gzipSeconds: number[] = [];
  const warmSeconds: number[] = [];
  const startSeconds: number[] = [];
  for (let index = 0; index < Number(values.runs); index++) {
    gzipSeconds.push(await gzipAlone(file, recipe));
    const { warm, start } = await sent(file, recipe);
    warmSeconds.push(warm);
    startSeconds.push(start);
  }
  const [sender, gzip] = [medianOf(warmSeconds), medianOf(gzipSeconds)].map(
    (each) => (each / file.bytes) * 1e9,
  );
  const ratio = sender! / gzip!;
  const common = { sender: sender!, gzip: gzip!, ratio, target };
  return { size: file.size.name, mode: name, startSeconds: medianOf(startSeconds), ...common };
};

const gzipAlone = async ({ path }: SizedFile, recipe: RecipeInput): Promise<number> => {
  const { stdout } = await run(process.execPath, [GZIP_ALONE, path, JSON.stringify(recipe)]);
  return JSON.parse(stdout).cpuSeconds;
};

/** @returns CPU-seconds for the file as if no chunk were the first, and what the first took longer */
const sent = async (file: SizedFile, recipe: RecipeInput): Promise<{ warm: number; start: number }> => {
  const server = await startCountingProcess();
  try {
    const { cpuSeconds, chunkCpuSeconds } = await runSender({ file: file.path, url: server.url, recipe });
    const { events } = await server.counts();
    if (events !== file.events) throw new Error(`${events} of ${file.events} events arrived.`);
    const firstBytes = 32 * MiB;
    const rest = cpuSeconds - chunkCpuSeconds[0]!;
    const warm = (rest * file.bytes) / (file.bytes - firstBytes);
    return { warm, start: cpuSeconds - warm };
  } finally {
    await server.close();
  }
};

const publishedOf = (results: readonly LimitResult[]) => ({
  title: 'Beside gzip alone',
  command: 'npm run bench -- limit',
  method: `gzip level ${values.level}, chunks of 32 MiB. CPU time of the process of the sender in nanoseconds for each byte of the file, against that of gzip alone on the same batches in another process; median of ${values.runs} runs, in turns. Of the sender all chunks but the first count: what that one takes longer, since its process has just begun, stands beside. Mapped: \`distinct_id\` and \`time\` come from columns that stay. Every event arrived in every run.`,
  head: ['events', 'records are', 'sender', 'gzip alone', 'ratio', 'target', 'start'],
  rows: results.map(({ size, mode, sender, gzip, ratio, target, startSeconds }) => [
    size,
    mode,
    `${sender.toFixed(1)} ns`,
    `${gzip.toFixed(1)} ns`,
    ratio.toFixed(2),
    `≤ ${target}`,
    `${startSeconds.toFixed(2)} s`,
  ]),
  verdict: `${results.filter(({ ratio, target }) => ratio <= target).length} of ${results.length} rows reach their target.`,
});

await main();
