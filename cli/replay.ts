import { type Command, Option } from 'commander';
import type { Report } from '../lib/ledger/report.ts';
import { isStale } from '../lib/ledger/stale.ts';
import { findImport } from './find-imports.ts';
import type { ImportFlags } from './import.ts';
import { addSendingOptions } from './import-options.ts';
import { addImporterOptions, type Importer, type ImporterFlags, withImporter } from './importer.ts';
import { UsageError } from './usage-error.ts';

export interface ReplayFlags extends ImporterFlags, Omit<ImportFlags, 'folder'> {
  readonly rejects?: boolean | undefined;
  readonly source?: boolean | undefined;
}

/** What a replay needs to know. */
export interface ReplayRequest {
  readonly importer: Importer;
  /** As the ledger wrote it. */
  readonly report: Report;
  readonly what: 'rejects' | 'source';
  readonly flags: ReplayFlags;
  readonly signal: AbortSignal;
}

/** Options of an import from this machine; on AWS the deployed recipe and secret count. */
const LOCAL_OPTIONS = [
  'token',
  'serviceAccount',
  'project',
  'region',
  'endpoint',
  'recipe',
  'preset',
  'workers',
  'memory',
  'set',
  'govern',
  'report',
  'verbose',
] as const satisfies readonly (keyof ReplayFlags)[];

const EXAMPLES = `
Examples:
  $ npm run -s fanout -- replay events-jsonl-6bc01752a35613e459c3 --rejects --recipe mended.json --token 0123abcd
  $ npm run -s fanout -- replay events-jsonl-6bc01752a35613e459c3 --rejects --stack MixpanelFanout
  $ npm run -s fanout -- replay events-jsonl-6bc01752a35613e459c3 --source  --stack MixpanelFanout

--rejects sends the records that were rejected: mend the recipe first, and deploy it where the importer is deployed.
--source imports the whole file again. Its events keep their $insert_id, so Mixpanel counts those that it has once,
unless the recipe now makes another event name, time or distinct_id of a record: then it is another event.
Each is an import of its own, with a report of its own.
`;

export const addReplay = (program: Command, wholeNumber: (text: string) => number): Command => {
  const command = program
    .command('replay')
    .description('import again what an import rejected, or its whole source')
    .argument('<importId>', 'the import')
    .option('--rejects', 'its rejected records')
    .option('--source', 'its whole source')
    // Taken only to be refused with a reason, since `fanout status` has it.
    .addOption(new Option('--bucket <name>').hideHelp());
  return addSendingOptions(addImporterOptions(command), wholeNumber).addHelpText('after', EXAMPLES);
};

/** `fanout replay`. @returns the exit code */
export const replayCommand = async (
  importId: string,
  flags: ReplayFlags,
  signal: AbortSignal,
): Promise<number> => {
  if (flags.rejects === flags.source) {
    throw new UsageError(
      'Give one of --rejects, for the rejected records, and --source, for the whole file.',
    );
  }
  if (flags.bucket !== undefined) {
    throw new UsageError(
      `--bucket ${flags.bucket} is not enough for a replay: a Work bucket does not lead to the Inbox and its queue. Give the --stack.`,
    );
  }
  const what = flags.rejects ? 'rejects' : 'source';
  return withImporter(flags, async (importer) => {
    const report = await findImport(importer, importId);
    const request = { importer, report, what, flags, signal } as const;
    if (what === 'rejects') checkHasRejects(report);
    if (importer.folder === undefined) return replayDeployed(request);
    const { replayLocally } = await import('./replay-locally.ts');
    return replayLocally({ ...request, folder: importer.folder });
  });
};

/** @throws {UsageError} */
const checkHasRejects = (report: Report): void => {
  const { importId, state, records } = report;
  if (state === 'running' && !isStale(report, Date.now())) {
    throw new UsageError(
      `${importId} is still running and may reject more. Wait for its end: fanout status ${importId} --watch`,
    );
  }
  if (records.rejected > 0) return;
  throw new UsageError(`${importId} has rejected none of its ${records.read} records.`);
};

const replayDeployed = async (request: ReplayRequest): Promise<number> => {
  const given = LOCAL_OPTIONS.filter((name) => request.flags[name] !== undefined);
  if (given.length > 0) {
    throw new UsageError(
      `${given.map(optionOf).join(', ')} cannot be given for a deployed importer: its own recipe and secret count. Change fanout.config.json and deploy.`,
    );
  }
  // Loaded late, with the AWS clients.
  return (await import('./replay-deployed.ts')).replayDeployed(request);
};

const optionOf = (name: string): string =>
  `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
