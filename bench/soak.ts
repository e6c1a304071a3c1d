/**
 * Drops files of all kinds into the embedded cloud for half an hour while requests fail and functions are killed, and
 * checks that nothing is lost, nothing counts twice, and memory stays flat.
 * `npm run bench:soak -- [--minutes 30] [--seed 1] [--log FILE]`; exits 1 where anything is wrong.
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { growthOf, type MemoryWatch, watchMemory } from './soak/memory-watch.ts';
import { PHASES } from './soak/phases.ts';
import { type Project, startProject } from './soak/project-process.ts';
import { runPhase } from './soak/run-phase.ts';
import { createTotals, type Totals } from './soak/totals.ts';

const MINUTE_MS = 60_000;
const GROWTH_MAX = 1.15;
/** In a shorter soak the first third is still the start. */
const GROWTH_MINUTES_MIN = 10;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    log: { type: 'string' },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);

const main = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanout-soak-'));
  const project = await startProject(seed);
  const totals = createTotals(say);
  const memory = watchMemory();
  const minute = setInterval(() => tellMinute(memory, totals), MINUTE_MS);
  try {
    await runPhases(folder, project, totals);
    clearInterval(minute);
    await finish(project, totals, memory);
  } finally {
    clearInterval(minute);
    memory.stop();
    await project.close();
    await rm(folder, { recursive: true, force: true });
  }
};

const runPhases = async (folder: string, project: Project, totals: Totals): Promise<void> => {
  const log = values.log === undefined ? undefined : createWriteStream(values.log);
  const startedAtMs = Date.now();
  for (const [i, phase] of PHASES.entries()) {
    const untilMs = startedAtMs + ((i + 1) * minutes * MINUTE_MS) / PHASES.length;
    say(`phase "${phase.name}"`);
    const onLog = (line: string): void => void log?.write(`${line}\n`);
    await runPhase({ phase, untilMs, seed, folder, project, totals, onLog });
  }
  log?.end();
};

const tellMinute = (memory: MemoryWatch, totals: Totals): void => {
  const { cloudMB, heldMB, senderMB } = memory.cut();
  const held = `of which it holds ${Math.round(heldMB)}`;
  const rss = `embedded cloud ${Math.round(cloudMB)} MB, ${held}, senders up to ${Math.round(senderMB)} MB`;
  say(`minute ${memory.minutes.length}: ${totals.files} files, ${totals.problems.length} problems; ${rss}`);
};

const finish = async (project: Project, totals: Totals, memory: MemoryWatch): Promise<void> => {
  const simulator = await project.stats();
  if (simulator.unique !== totals.present) {
    totals.addProblem(`the project has ${simulator.unique} events; ${totals.present} of them are known`);
  }
  // Once no more files are dropped, there is less and less to do.
  const busy = memory.minutes.slice(0, minutes);
  const growth = {
    cloud: growthOf(busy.map(({ cloudMB }) => cloudMB)),
    held: growthOf(busy.map(({ heldMB }) => heldMB)),
    sender: growthOf(busy.map(({ senderMB }) => senderMB)),
  };
  for (const [name, { ratio }] of Object.entries(growth)) {
    if (busy.length < GROWTH_MINUTES_MIN || ratio <= GROWTH_MAX) continue;
    totals.addProblem(
      `memory grows: ${name}, last third to first ${ratio.toFixed(2)}, at most ${GROWTH_MAX}`,
    );
  }
  console.table(growth);
  const { problems } = totals;
  console.log(
    JSON.stringify({
      seed,
      minutes,
      ...totals.summary(),
      simulator,
      growth,
      memory: memory.minutes,
      problems,
    }),
  );
  console.log(problems.length === 0 ? 'ok' : `failed: ${problems.length} problems`);
  if (problems.length > 0) process.exitCode = 1;
};

const say = (text: string): void => void process.stderr.write(`${new Date().toISOString()} ${text}\n`);

await main();
