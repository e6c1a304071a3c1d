import { type Command, Option } from 'commander';
import { importsOfMessage } from '../lib/ledger/message-imports.ts';
import { type Deployment, QUEUE_NAMES, type QueueName, type QueueUrls } from './deployment-parts.ts';
import { findImport } from './find-imports.ts';
import { type Importer, STACK_DEFAULT, withImporter } from './importer.ts';
import { redriveText } from './redrive-text.ts';

const REDRIVE_VERSION = 1;

export interface RedriveFlags {
  readonly stack: string;
  readonly queue?: QueueName | undefined;
  readonly json?: boolean | undefined;
}

/** What became of the dead letters of a queue. */
export interface QueueRedrive {
  readonly queue: QueueName;
  readonly moved: number;
  /** Of other imports; they are where they were. */
  readonly putBack: number;
  /** False where there may be more, or SQS is still at it. */
  readonly isWhole: boolean;
}

const EXAMPLES = `
Examples:
  $ npm run -s fanout -- redrive                                     all dead letters of the stack ${STACK_DEFAULT}
  $ npm run -s fanout -- redrive events-jsonl-6bc01752a35613e459c3   those of one import
  $ npm run -s fanout -- redrive --queue chunks --stack Staging

Mend first what made them fail (docs/runbook.md). Redriving is safe at any time: a chunk is counted once, and
Mixpanel counts an event that is sent twice once. Imports of this machine have no dead letters: import the file again.
`;

export const addRedrive = (program: Command): Command =>
  program
    .command('redrive')
    .description('put dead letters of a deployed importer back into the queues that they came from')
    .argument('[importId]', 'only what belongs to this import')
    .option('--stack <name>', 'stack of the importer', STACK_DEFAULT)
    .addOption(new Option('--queue <name>', 'only this queue').choices(QUEUE_NAMES))
    .option('--json', 'write the counts to stdout')
    .addHelpText('after', EXAMPLES);

/** `fanout redrive`. @returns the exit code: 1 where dead letters may be left */
export const redriveCommand = async (
  importId: string | undefined,
  { stack, queue, json }: RedriveFlags,
  signal: AbortSignal,
): Promise<number> =>
  withImporter({ stack }, async (importer) => {
    const { sqs, parts } = importer.deployment!;
    const names = queue === undefined ? QUEUE_NAMES : [queue];
    const redriven: QueueRedrive[] = [];
    for (const name of names) {
      const urls = parts!.queues[name];
      redriven.push({ queue: name, ...(await redriveQueue({ sqs, name, urls, importId, signal })) });
    }
    if (importId !== undefined) await checkKnown(importer, importId, redriven);
    if (json) {
      process.stdout.write(`${JSON.stringify({ version: REDRIVE_VERSION, queues: redriven }, null, 2)}\n`);
    } else process.stderr.write(`${redriveText(redriven, importId)}\n`);
    return redriven.every(({ isWhole }) => isWhole) ? 0 : 1;
  });

interface QueueToRedrive {
  readonly sqs: Deployment['sqs'];
  readonly name: QueueName;
  readonly urls: QueueUrls;
  readonly importId: string | undefined;
  readonly signal: AbortSignal;
}

/** SQS can move only all of a queue. */
const redriveQueue = async ({
  sqs,
  name,
  urls,
  importId,
  signal,
}: QueueToRedrive): Promise<Omit<QueueRedrive, 'queue'>> => {
  // Loaded late, with the AWS clients.
  const { runMoveTask } = await import('../lib/queue/move-task.ts');
  const { moveMessages } = await import('../lib/queue/move-messages.ts');
  const task = importId === undefined ? await runMoveTask(sqs, urls.deadLetterUrl, signal) : undefined;
  if (task) return { ...task, putBack: 0 };
  return moveMessages({
    sqs,
    fromUrl: urls.deadLetterUrl,
    toUrl: urls.url,
    isWanted: (body) => importId === undefined || importsOfMessage(name, body).includes(importId),
    signal,
    now: Date.now,
  });
};

/** Nothing found may be a mistyped id. @throws {UsageError} */
const checkKnown = async (
  importer: Importer,
  importId: string,
  redriven: readonly QueueRedrive[],
): Promise<void> => {
  if (redriven.every(({ moved }) => moved === 0)) await findImport(importer, importId);
};
