import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Report } from '../lib/ledger/report.ts';
import { WORK_BUCKET } from '../local/cloud/bucket-names.ts';
import { teachAws } from './aws-error.ts';
import type { Deployment } from './deployment-parts.ts';
import { folderWorkFiles } from './folder-work-files.ts';
import { withLocalPaths } from './local-paths.ts';
import { UsageError } from './usage-error.ts';
import type { WorkFiles } from './work-files.ts';

export const STACK_DEFAULT = 'MixpanelFanout';
export const FOLDER_DEFAULT = '.fanout';

export interface ImporterFlags {
  /** CloudFormation stack of a deployed importer. */
  readonly stack?: string | undefined;
  /** Work bucket of one, where the stack may not be asked. */
  readonly bucket?: string | undefined;
  /** Where `fanout import` left its reports. */
  readonly folder?: string | undefined;
}

/** An importer that is looked at from outside: a deployed one, or what `fanout import` has left in a folder. */
export interface Importer {
  /** For people. */
  readonly name: string;
  readonly work: WorkFiles;
  /** A report as it is shown. */
  readonly shown: (report: Report) => Report;
  /** Where earlier imports of this machine are; absent for a deployed importer. */
  readonly folder?: string;
  /** Absent for a folder: its queues end with the command that made them. */
  readonly deployment?: Deployment;
}

export const addImporterOptions = (command: Command): Command =>
  command
    .option('--stack <name>', `stack of a deployed importer; ${STACK_DEFAULT} where there is no folder`)
    .option(
      '--folder <dir>',
      `folder of earlier imports from this machine; ${FOLDER_DEFAULT} if it is there`,
    );

/**
 * Opens an importer for as long as `use` takes.
 *
 * @throws {UsageError | AwsError} when there is none, or AWS does not answer as it should
 */
export const withImporter = async <T>(
  flags: ImporterFlags,
  use: (importer: Importer) => Promise<T>,
): Promise<T> => {
  const { stack, bucket, folder } = flags;
  const named = Object.entries({ stack, bucket, folder }).filter(([, value]) => value !== undefined);
  if (named.length > 1) {
    const options = named.map(([name]) => `--${name}`).join(' and ');
    throw new UsageError(`${options} name an importer each: give one of them.`);
  }
  const local = stack === undefined && bucket === undefined ? await localImporter(folder) : undefined;
  if (local) return use(local);
  // Loaded late: the AWS clients take longer to load than a folder to read.
  const { openBucket, openStack } = await import('./open-deployment.ts');
  let close: (() => void) | undefined;
  try {
    const opened = bucket === undefined ? await openStack(stack ?? STACK_DEFAULT) : openBucket(bucket);
    close = opened.close;
    return await use({ ...opened.importer, shown: (report) => report });
  } catch (error) {
    throw teachAws(error);
  } finally {
    close?.();
  }
};

const localImporter = async (flag: string | undefined): Promise<Importer | undefined> => {
  const folder = resolve(flag ?? FOLDER_DEFAULT);
  const work = join(folder, WORK_BUCKET);
  const isThere = (await stat(work).catch(() => undefined))?.isDirectory();
  if (!isThere && flag === undefined) return undefined;
  if (!isThere) {
    throw new UsageError(
      `No import has left anything in ${folder}. Give the --folder of an earlier import, or the --stack of a deployed importer.`,
    );
  }
  return {
    name: `folder ${folder}`,
    folder,
    work: folderWorkFiles(work),
    shown: (report) => withLocalPaths(report, folder),
  };
};
