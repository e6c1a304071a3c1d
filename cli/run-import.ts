import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../lib/ledger/report.ts';
import type { Recipe } from '../lib/recipe/schema.ts';
import {
  type DroppedFile,
  type EmbeddedCloud,
  type GovernorOptions,
  startEmbeddedCloud,
} from '../local/cloud/cloud.ts';
import { withLocalPaths } from './local-paths.ts';
import { createProgress } from './progress.ts';
import { UsageError } from './usage-error.ts';

const POLL_MS = 200;

export interface ImportRun {
  readonly files: readonly string[];
  readonly recipe: Recipe;
  readonly credentialsJson: string;
  /** Reports, rejects and responses stay here, under `work/`. */
  readonly folder: string;
  /** Where progress goes. */
  readonly stream: NodeJS.WriteStream;
  /** Ends the run early; what was reported until then is returned. */
  readonly signal: AbortSignal;
  /** Changes how many senders run at once. */
  readonly governor?: GovernorOptions | undefined;
  /** Told what the functions log. */
  readonly onLog?: ((line: string) => void) | undefined;
}

/** Imports files through the embedded cloud. @returns a report per file, in their order */
export const runImport = async ({ files, stream, signal, onLog, ...run }: ImportRun): Promise<Report[]> => {
  await makeFolder(run.folder);
  const cloud = await startEmbeddedCloud({
    ...run,
    onLog: (name, line) => onLog?.(`${name}: ${line}`),
    onError: (error) => onLog?.(String(error)),
  });
  try {
    const dropped: DroppedFile[] = [];
    for (const file of files) dropped.push(await cloud.drop(file));
    const reports = await waitForReports(cloud, dropped, { stream, signal });
    return reports
      .filter((report) => report !== undefined)
      .map((report) => withLocalPaths(report, run.folder));
  } finally {
    await cloud.close();
  }
};

const makeFolder = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    const why = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : '';
    throw new UsageError(`--folder ${folder} cannot be made${why}: give a folder that can be written to.`, {
      cause,
    });
  });
};

const waitForReports = async (
  cloud: EmbeddedCloud,
  dropped: readonly DroppedFile[],
  { stream, signal }: Pick<ImportRun, 'stream' | 'signal'>,
): Promise<(Report | undefined)[]> => {
  const progress = createProgress(stream, dropped.length);
  const reports: (Report | undefined)[] = dropped.map(() => undefined);
  try {
    while (!signal.aborted && !reports.every(hasEnded)) {
      await sleep(POLL_MS);
      for (const [i, { importId }] of dropped.entries()) {
        if (!hasEnded(reports[i])) reports[i] = await cloud.report(importId);
      }
      progress.update(reports);
    }
    return reports;
  } finally {
    progress.stop();
  }
};

/** Failed imports too are waited for until the last of their chunks is accounted for. */
const hasEnded = (report: Report | undefined): boolean => {
  if (!report || report.state === 'running') return false;
  const { total, done, failed } = report.chunks;
  return total === null || done + failed >= total;
};
