import { access, constants, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Report } from '../lib/ledger/report.ts';
import { governorConfigSchema, governorSettings } from '../lib/recipe/governor-config.ts';
import { parseWith } from '../lib/recipe/parse.ts';
import type { Recipe } from '../lib/recipe/schema.ts';
import { importUrl } from '../lib/send/destination.ts';
import type { GovernorOptions } from '../local/cloud/cloud.ts';
import type { CredentialFlags } from './credentials.ts';
import { findFiles } from './find-files.ts';
import { measurementOf, predictImport } from './prediction.ts';
import { predictionText } from './prediction-text.ts';
import { checkReachable } from './reach.ts';
import { loadRecipe, type RecipeFlags } from './recipe.ts';
import { reportText } from './report-text.ts';
import { openSimulator, openTarget, type Target } from './target.ts';
import { UsageError } from './usage-error.ts';

const REPORTS_VERSION = 1;

export interface ImportFlags extends CredentialFlags, RecipeFlags {
  readonly report?: string | undefined;
  readonly json?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  /** Most senders that a governor may let run; without it none looks. */
  readonly govern?: number | undefined;
  /** Where reports and rejects stay. */
  readonly folder: string;
}

/** `fanout import`. @returns the exit code */
export const importCommand = async (
  patterns: readonly string[],
  flags: ImportFlags,
  signal: AbortSignal,
): Promise<number> => {
  const recipe = await loadRecipe(flags);
  const files = await findFiles(patterns);
  if (flags.report !== undefined) await checkFolderOf(flags.report);
  return importInto(await openTarget(recipe, flags, process.env), files, flags, signal);
};

/** `fanout demo`: always into the simulator. @returns the exit code */
export const demoCommand = async (sample: string, flags: ImportFlags, signal: AbortSignal): Promise<number> =>
  importInto(await openSimulator(await loadRecipe(flags)), [sample], flags, signal);

const importInto = async (
  { recipe, credentialsJson, simulator, note }: Target,
  files: readonly string[],
  flags: ImportFlags,
  signal: AbortSignal,
): Promise<number> => {
  try {
    const governor = flags.govern === undefined ? undefined : governorOf(flags.govern, recipe);
    if (note) say(note);
    await checkReachable(importUrl(recipe.destination));
    const prediction = flags.json
      ? undefined
      : await predictImport({ files, recipe, hasSimulator: simulator !== undefined });
    // Loaded late, since the embedded cloud is most of the time it takes to start, or to say what is wrong.
    const { runImport } = await import('./run-import.ts');
    const reports = await runImport({
      files,
      recipe,
      credentialsJson,
      folder: resolve(flags.folder),
      stream: process.stderr,
      signal,
      governor,
      onLog: flags.verbose ? say : undefined,
    });
    await publish(reports, flags);
    const measured = measurementOf(reports);
    if (prediction && measured) say(`\n${predictionText(prediction, measured)}`);
    if (simulator)
      say(`\nThe simulator now holds ${(await simulator.uniqueEvents()).toLocaleString('en-US')} events.`);
    return reports.length === files.length && reports.every(({ state }) => state === 'complete') ? 0 : 1;
  } finally {
    await simulator?.close();
  }
};

/** @throws {RecipeError} */
const governorOf = (workersMax: number, recipe: Recipe): GovernorOptions => ({
  settings: governorSettings(parseWith(governorConfigSchema, { workersMax }, 'value of --govern'), recipe),
  onRun: ({ decision }) => {
    if (decision.kind !== 'hold')
      say(`governor: ${decision.kind}, ${decision.workers} senders. ${decision.reason}`);
  },
});

/** Found out before the import, since afterwards would be late. */
const checkFolderOf = async (path: string): Promise<void> => {
  const folder = dirname(resolve(path));
  await access(folder, constants.W_OK).catch((cause: unknown) => {
    throw new UsageError(
      `--report ${path} cannot be written: ${folder} is no folder that may be written to.`,
      {
        cause,
      },
    );
  });
};

const publish = async (reports: readonly Report[], { report: path, json }: ImportFlags): Promise<void> => {
  const document = `${JSON.stringify({ version: REPORTS_VERSION, imports: reports }, null, 2)}\n`;
  if (path !== undefined) await writeFile(path, document);
  if (json) process.stdout.write(document);
  else for (const report of reports) say(`\n${reportText(report, process.stderr)}`);
};

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
