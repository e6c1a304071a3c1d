import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { governorConfigSchema, governorSettings } from '../../lib/recipe/governor-config.ts';
import { parseRecipe, parseWith } from '../../lib/recipe/parse.ts';
import { WORK_BUCKET } from '../../local/cloud/bucket-names.ts';
import { type EmbeddedCloud, startEmbeddedCloud } from '../../local/cloud/cloud.ts';
import { type FileResult, importFile } from './files.ts';
import { judgePresence } from './judge.ts';
import { startKiller } from './killer.ts';
import { specAt } from './kinds.ts';
import type { Phase } from './phases.ts';
import type { Project } from './project-process.ts';
import { randomAt } from './random.ts';
import type { Totals } from './totals.ts';

const MiB = 1024 * 1024;
/** Files that are imported at once. */
const FILES_MAX = 3;
/** Before the next file is dropped, so that others have some of the machine. */
const PAUSE_MS = 1_000;
/** First wait after a refused request. */
const BACKOFF_FIRST_MS = 50;
const GOVERNOR_INTERVAL_MS = 5_000;
/** Messages of ended imports that come once more are gone by then. */
const QUIET_WITHIN_MS = 3 * 60_000;
const LOOK_MS = 500;

export interface PhaseOptions {
  readonly phase: Phase;
  /** When no more files are dropped, in milliseconds since the epoch. */
  readonly untilMs: number;
  readonly seed: number;
  readonly folder: string;
  readonly project: Project;
  readonly totals: Totals;
  readonly onLog?: (line: string) => void;
}

/** Drops files into a new embedded cloud until it is time, waits for their end, and looks at what is left. */
export const runPhase = async (options: PhaseOptions): Promise<void> => {
  const { phase, seed, folder, totals } = options;
  const cloud = await startCloud(options);
  const killer = startKiller(phase.killSeconds, randomAt(seed, 3_000_000 + totals.files));
  try {
    const results = await dropFiles(cloud, options);
    await killer.close();
    totals.addKills(killer.killed);
    await checkQueues(cloud, totals);
    await checkPresence(results, options);
  } finally {
    await killer.close();
    for (const name of ['splitter', 'sender', 'ledger'] as const) totals.addInvocations(cloud.stats(name));
    await cloud.close();
  }
  const staged = await filesIn(join(folder, WORK_BUCKET, 'staged'));
  if (staged.length > 0) totals.addProblem(`${staged.length} staged chunks left, such as ${staged[0]}`);
};

const startCloud = ({ phase, folder, project, totals, onLog }: PhaseOptions): Promise<EmbeddedCloud> => {
  const { memoryMB, senderTimeoutMs, hasGovernor } = phase;
  const recipe = parseRecipe({
    destination: { endpoint: project.url },
    tuning: { workers: 3, memory: memoryMB, chunkBytes: MiB, recordsPerBatch: 500, compressionLevel: 1 },
  });
  const settings = governorSettings(parseWith(governorConfigSchema, { workersMax: 4 }, 'governor'), recipe);
  return startEmbeddedCloud({
    recipe,
    credentialsJson: JSON.stringify({ token: 'soak' }),
    folder,
    senderTimeoutMs,
    backoffFirstMs: BACKOFF_FIRST_MS,
    onLog: (name, line) => onLog?.(`${name}: ${line}`),
    onError: (error) => onLog?.(`cloud: ${String(error)}`),
    ...(hasGovernor
      ? { governor: { settings, intervalMs: GOVERNOR_INTERVAL_MS, onRun: totals.addGovernorRun } }
      : {}),
  });
};

const dropFiles = async (cloud: EmbeddedCloud, options: PhaseOptions): Promise<FileResult[]> => {
  const { seed, folder, totals, untilMs } = options;
  const results: FileResult[] = [];
  const running = new Set<Promise<void>>();
  let importing = 0;
  while (Date.now() < untilMs) {
    await sleep(PAUSE_MS);
    if (importing >= FILES_MAX) continue;
    importing += 1;
    const number = totals.nextFile();
    const spec = specAt(seed, number);
    const random = randomAt(seed, 4_000_000 + number);
    let isImporting = true;
    const onEnded = (): void => {
      if (isImporting) importing -= 1;
      isImporting = false;
    };
    const file = importFile(spec, { cloud, folder, random, onEnded })
      .then((done) => {
        results.push(...done);
        for (const result of done) totals.addResult(result);
      })
      .catch((error: unknown) => totals.addProblem(`file ${number} (${spec.kind.name}): ${String(error)}`))
      .finally(() => {
        onEnded();
        running.delete(file);
      });
    running.add(file);
  }
  await Promise.all(running);
  return results;
};

const checkQueues = async (cloud: EmbeddedCloud, totals: Totals): Promise<void> => {
  const lastMs = Date.now() + QUIET_WITHIN_MS;
  for (;;) {
    const queues = await cloud.queues();
    const counts = Object.values(queues);
    const isQuiet = counts.every(({ waiting, inWork }) => waiting + inWork === 0);
    const isDead = counts.some(({ dead }) => dead > 0);
    if (isQuiet && !isDead) return;
    if (isQuiet || Date.now() > lastMs)
      return totals.addProblem(`messages are left: ${JSON.stringify(queues)}`);
    await sleep(LOOK_MS);
  }
};

/** Now that nothing is under way any more, what the project has of each file is what it will ever have. */
const checkPresence = async (
  results: readonly FileResult[],
  { project, totals }: PhaseOptions,
): Promise<void> => {
  for (const { spec, expected, reports } of results) {
    const present = await project.presentOf(spec);
    totals.addPresent(present);
    if (reports.length === 0) continue;
    for (const problem of judgePresence(spec, { present, expected, reports })) {
      totals.addProblem(`file ${spec.number} (${spec.kind.name}): ${problem}`);
    }
  }
};

const filesIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
};
