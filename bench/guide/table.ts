import Table from 'cli-table3';
import { DENSITY_CLASSES } from '../../lib/tune/density.ts';
import type { Circumstances } from '../circumstances.ts';
import { RESPONSE_MS, type RowResult } from './run.ts';

const HEAD = [
  'workers, highWater',
  'here: senders × requests, records a batch',
  'MB: guide',
  'here',
  'others',
  'events/s: guide',
  'here',
  'held back by: report, plan',
  'cores: senders, others, server',
];

/** The guide's tables with ours beside them, for a terminal. */
export const tablesText = (results: readonly RowResult[]): string =>
  byDensity(results)
    .map(({ label, rows }) => {
      const table = new Table({ head: HEAD, style: { head: [], border: [], compact: true } });
      table.push(...rows.map(cellsOf));
      return `Events ${label}\n${table.toString()}`;
    })
    .join('\n\n');

/** The same as a section of docs/benchmarks.md. */
export const sectionText = (results: readonly RowResult[], circumstances: Circumstances): string => {
  const { date, node, machine, busyCores } = circumstances;
  const tables = byDensity(results).map(({ label, events, rows }) =>
    [
      `Events ${label}: ${count(events)} of them.`,
      '',
      ...[HEAD, HEAD.map(() => '---'), ...rows.map(cellsOf)].map((cells) => `| ${cells.join(' | ')} |`),
    ].join('\n'),
  );
  const levels = [...new Set(results.map(({ compressionLevel }) => compressionLevel))].join(', ');
  return [
    `## The guide's tables (${date})`,
    `\`npm run bench:guide\`; Node ${node}, ${machine}; other programs took up to ${busyCores.toFixed(1)} cores. gzip level ${levels}; answers ${RESPONSE_MS} ms after each request was read; no quota. Senders, queues, object store and the server that inflates and counts share the cores.`,
    "The guide's workers are parallel requests of one process, and its memory is that process's. Here they are spread over as few senders as hold them, which share that memory; a batch is as large as all of them together may be. Memory is the sum of the senders' peaks (`VmHWM`, MiB); others are the command line with queues and object store, splitter and ledger.",
    ...tables,
    verdictText(results),
  ].join('\n\n');
};

/** What came out, in a sentence or two. */
export const verdictText = (results: readonly RowResult[]): string => {
  const broken = results.filter(({ isWhole }) => !isWhole);
  const above = results.filter(({ isWithinMemory }) => !isWithinMemory);
  const faster = results.filter(({ guide, eventsPerSecond }) => eventsPerSecond >= guide.eventsPerSecond);
  return [
    `${results.length - above.length} of ${results.length} rows take no more memory than the guide's, ${faster.length} are at least as fast.`,
    ...above.map((result) => `More memory: ${nameOf(result)}.`),
    ...broken.map(
      (result) => `Not every event arrived once, or a sender was ended early: ${nameOf(result)}.`,
    ),
  ].join(' ');
};

const nameOf = ({ guide }: RowResult): string => `${guide.density} with ${guide.workers} workers`;

const byDensity = (results: readonly RowResult[]) =>
  DENSITY_CLASSES.map(({ name, benchmarkLabel }) => {
    const rows = results.filter(({ guide }) => guide.density === name);
    return { label: benchmarkLabel, events: rows[0]?.events ?? 0, rows };
  }).filter(({ rows }) => rows.length > 0);

const cellsOf = (result: RowResult): string[] => {
  const { guide, realised, recordsPerBatch, sendersSumMB, othersMB, eventsPerSecond, cores } = result;
  return [
    `${guide.workers}, ${guide.highWater}`,
    `${realised.senders} × ${realised.requestsInFlight}, ${count(recordsPerBatch)}`,
    count(guide.memoryMB),
    count(sendersSumMB),
    count(othersMB),
    count(guide.eventsPerSecond),
    count(eventsPerSecond),
    `${result.bottleneck}, ${result.cap}`,
    [cores.senders, cores.others, cores.server].map((busy) => busy.toFixed(1)).join(', '),
  ];
};

const count = (value: number): string => Math.round(value).toLocaleString('en-US');
