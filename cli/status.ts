import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Report } from '../lib/ledger/report.ts';
import { isStale } from '../lib/ledger/stale.ts';
import { findImport, latestImports } from './find-imports.ts';
import { addImporterOptions, type Importer, type ImporterFlags, withImporter } from './importer.ts';
import type { QueueStatus } from './queue-status.ts';
import { importText, statusText } from './status-text.ts';
import { UsageError } from './usage-error.ts';

const STATUS_VERSION = 1;
const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 1_000;
const WATCH_LOCAL_MS = 1_000;
/** A look at a deployment is a handful of requests. */
const WATCH_DEPLOYED_MS = 5_000;
const WATCH_HOURS_MAX = 12;

export interface StatusFlags extends ImporterFlags {
  readonly limit?: number | undefined;
  readonly watch?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** A report, and whether it is one that has fallen silent. */
export type ImportStatus = Report & { readonly stale: boolean };

export interface Status {
  readonly imports: readonly ImportStatus[];
  /** Reports there are; `imports` may be fewer. */
  readonly total: number;
  /** Of a deployed importer whose stack is known. */
  readonly queues: readonly QueueStatus[];
}

const EXAMPLES = `
Examples:
  $ npm run -s fanout -- status                                 imports of this folder, or of the deployed importer
  $ npm run -s fanout -- status --stack MixpanelFanout --watch  until nothing is under way any more
  $ npm run -s fanout -- status events-jsonl-6bc01752a35613e459c3 --json

Exit code: 0 all is well, 1 an import has failed or is stale or there are dead letters, 2 wrong usage.
An import is stale when it is running and nothing was heard of it for an hour and a half.
`;

export const addStatus = (program: Command, wholeNumber: (text: string) => number): Command =>
  addImporterOptions(
    program
      .command('status')
      .description('show imports: what is done, what failed, what holds them up')
      .argument('[importId]', 'all about one import'),
  )
    .option('--bucket <name>', 'its Work bucket, if the stack may not be asked: no queues are shown then')
    .option('--limit <n>', `imports in the table, newest first (default ${LIMIT_DEFAULT})`, wholeNumber)
    .option('--watch', `look again until nothing is under way, for ${WATCH_HOURS_MAX} hours at most`)
    .option('--json', 'write the reports to stdout; with --watch, when it ends')
    .addHelpText('after', EXAMPLES);

/** `fanout status`. @returns the exit code: 1 where an import has failed or is stale, or there are dead letters */
export const statusCommand = async (
  importId: string | undefined,
  flags: StatusFlags,
  signal: AbortSignal,
): Promise<number> => {
  const limit = flags.limit ?? LIMIT_DEFAULT;
  if (limit < 1 || limit > LIMIT_MAX) {
    throw new UsageError(`--limit ${limit} is not from 1 to ${LIMIT_MAX}.`);
  }
  return withImporter(flags, async (importer) => {
    const look = (): Promise<Status> =>
      importId === undefined ? lookAtAll(importer, limit) : lookAtOne(importer, importId);
    const show = (status: Status): void => {
      if (!flags.json) write(textOf(importer, importId, status), flags.watch === true);
    };
    const status = flags.watch ? await watch(importer, { look, show, signal }) : await look();
    if (flags.json)
      process.stdout.write(`${JSON.stringify({ version: STATUS_VERSION, ...status }, null, 2)}\n`);
    else if (!flags.watch) show(status);
    return isWell(status) ? 0 : 1;
  });
};

const lookAtAll = async ({ work, shown, deployment }: Importer, limit: number): Promise<Status> => {
  const { reports, total } = await latestImports(work, limit);
  // Loaded late, with the AWS clients.
  const queues = deployment ? await (await import('./queue-status.ts')).readQueues(deployment) : [];
  return { imports: reports.map((report) => statusOf(shown(report))), total, queues };
};

const lookAtOne = async (importer: Importer, importId: string): Promise<Status> => ({
  imports: [statusOf(importer.shown(await findImport(importer, importId)))],
  total: 1,
  queues: [],
});

const statusOf = (report: Report): ImportStatus => ({ ...report, stale: isStale(report, Date.now()) });

const isWell = ({ imports, queues }: Status): boolean =>
  imports.every(({ state, stale }) => state !== 'failed' && !stale) &&
  queues.every(({ deadLetters }) => deadLetters === 0);

/** Dead letters wait for somebody, so they are not waited for. */
const isOver = ({ imports, queues }: Status): boolean =>
  imports.every(({ state, stale }) => state !== 'running' || stale) &&
  queues.every(({ waiting, inWork }) => waiting + inWork === 0);

interface Watching {
  readonly look: () => Promise<Status>;
  readonly show: (status: Status) => void;
  readonly signal: AbortSignal;
}

const watch = async ({ deployment }: Importer, { look, show, signal }: Watching): Promise<Status> => {
  const endMs = Date.now() + WATCH_HOURS_MAX * 3_600_000;
  let before = '';
  for (;;) {
    const status = await look();
    const after = JSON.stringify(status);
    if (after !== before) show(status);
    before = after;
    if (isOver(status) || signal.aborted || Date.now() > endMs) return status;
    const everyMs = deployment ? WATCH_DEPLOYED_MS : WATCH_LOCAL_MS;
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
};

const textOf = ({ name }: Importer, importId: string | undefined, status: Status): string =>
  importId === undefined
    ? statusText(name, status, process.stderr)
    : importText(status.imports[0]!, process.stderr);

const CLEAR_SCREEN = '\x1b[H\x1b[2J\x1b[3J';

const write = (text: string, isWatching: boolean): void => {
  const before = isWatching && process.stderr.isTTY ? CLEAR_SCREEN : '';
  process.stderr.write(`${before}${text}\n`);
};
