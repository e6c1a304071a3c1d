import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { QueueStatus } from './queue-status.ts';
import { count, reportText } from './report-text.ts';
import type { ImportStatus, Status } from './status.ts';

const URI_CHARS_MAX = 60;
const COLOURS = { complete: 'green', failed: 'red', running: 'yellow', stale: 'red' } as const;

/** Imports and queues as tables. Colours only where the stream has them. */
export const statusText = (
  importer: string,
  { imports, total, queues }: Status,
  stream: NodeJS.WritableStream,
): string => {
  const shown = imports.length < total ? `, the latest ${imports.length} of ${count(total)}` : '';
  return [
    `Imports of ${importer}${shown}`,
    imports.length === 0 ? 'None yet.' : importsTable(imports, stream),
    ...(queues.length === 0 ? [] : ['', queuesTable(queues), ...deadLettersAdvice(queues)]),
  ].join('\n');
};

/** All about one import: its report, and what became of it besides. */
export const importText = (status: ImportStatus, stream: NodeJS.WritableStream): string =>
  [
    reportText(status, stream),
    ...governorLines(status),
    ...nextSteps(status).map((step) => `→ ${step}`),
  ].join('\n');

const importsTable = (imports: readonly ImportStatus[], stream: NodeJS.WritableStream): string => {
  const table = newTable([
    'state',
    'import',
    'chunks',
    'imported',
    'rejected',
    'events/s',
    'bottleneck',
    'began (UTC)',
  ]);
  for (const status of imports) table.push(rowOf(status, stream));
  return table.toString();
};

const rowOf = (status: ImportStatus, stream: NodeJS.WritableStream): string[] => {
  const { importId, source, chunks, records, timing, bottleneck } = status;
  const state = status.stale ? 'stale' : status.state;
  const failed = chunks.failed === 0 ? '' : `\n${count(chunks.failed)} failed`;
  return [
    styleText(COLOURS[state], state, { stream }),
    `${importId}\n${shortened(source.uri)}`,
    `${count(chunks.done)} of ${chunks.total === null ? '?' : count(chunks.total)}${failed}`,
    count(records.imported),
    count(records.rejected),
    count(timing.eventsPerSecond),
    bottleneck,
    timing.startedAt.slice(0, 19).replace('T', ' '),
  ];
};

/** The end of a long name tells more than its beginning. */
const shortened = (uri: string): string =>
  uri.length <= URI_CHARS_MAX ? uri : `…${uri.slice(1 - URI_CHARS_MAX)}`;

const queuesTable = (queues: readonly QueueStatus[]): string => {
  const table = newTable(['queue', 'waiting', 'in work', 'dead letters']);
  for (const { name, waiting, inWork, deadLetters } of queues)
    table.push([name, count(waiting), count(inWork), count(deadLetters)]);
  return table.toString();
};

const deadLettersAdvice = (queues: readonly QueueStatus[]): string[] =>
  queues.some(({ deadLetters }) => deadLetters > 0)
    ? ['→ Mend what made messages fail (docs/runbook.md), then: fanout redrive']
    : [];

const newTable = (head: string[]) => new Table({ head, style: { head: [], border: [], compact: true } });

// A report of an earlier version has no changes of the governor.
const governorLines = ({ governor = [] }: ImportStatus): string[] =>
  governor.map(
    ({ at, from, to, reason }) => `  governor ${at.slice(11, 19)}: ${from} → ${to} senders, ${reason}`,
  );

const nextSteps = ({ importId, state, stale, chunks, records, timing, ledger }: ImportStatus): string[] => {
  const steps: string[] = [];
  if (stale) {
    steps.push(
      `Running, but silent since ${new Date(Math.max(ledger.lastAtMs, Date.parse(timing.startedAt))).toISOString()}: see whether messages wait or are dead letters (fanout status), then fanout redrive ${importId}.`,
    );
  }
  if (chunks.failed > 0) steps.push(`Failed chunks, once mended: fanout redrive ${importId}`);
  else if (state === 'failed')
    steps.push(`The whole source again, once mended: fanout replay ${importId} --source`);
  if (records.rejected > 0)
    steps.push(`Rejected records, once the recipe is mended: fanout replay ${importId} --rejects`);
  return steps;
};
