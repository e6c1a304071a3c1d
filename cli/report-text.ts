import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { Report } from '../lib/ledger/report.ts';
import { totalMs } from '../lib/tune/bottleneck.ts';

const COLOURS = { complete: 'green', failed: 'red', running: 'yellow' } as const;

/** A report for people. Colours only where the stream has them. */
export const reportText = (report: Report, stream: NodeJS.WritableStream): string => {
  const colour = (name: Parameters<typeof styleText>[0], text: string): string =>
    styleText(name, text, { stream });
  const table = new Table({ style: { head: [], border: [], compact: true }, wordWrap: true });
  for (const [name, value] of rowsOf(report)) table.push([colour('bold', name), value]);
  const title = `${colour(COLOURS[report.state], report.state.toUpperCase())}  ${report.source.uri}`;
  // Reports of earlier versions have no advice.
  const advice = (report.advice ?? []).map((sentence) => `  → ${sentence}`);
  return [title, table.toString(), ...problemsOf(report), ...advice].join('\n');
};

/** Of an import that failed before anything was sent there is nothing more to say. */
const rowsOf = (report: Report): [string, string][] => [
  ...planRows(report),
  ...(report.state === 'failed' && report.chunks.done === 0 ? [] : sendingRows(report)),
];

const planRows = ({ source, entries, chunks }: Report): [string, string][] => [
  ['source', `${size(source.bytes)}, ${layoutText(source)}`],
  ...(entries ? [['entries', entriesText(entries)] as [string, string]] : []),
  [
    'chunks',
    `${count(chunks.done)} of ${chunks.total === null ? '?' : count(chunks.total)} done${chunks.failed ? `, ${count(chunks.failed)} failed` : ''}`,
  ],
];

const sendingRows = ({
  records,
  requests,
  bytes,
  timing,
  memory,
  bottleneck,
  rejects,
  responses,
}: Report): [string, string][] => [
  [
    'records',
    `${count(records.read)} read = ${count(records.imported)} imported + ${count(records.rejected)} rejected + ${count(records.filtered)} filtered`,
  ],
  [
    'requests',
    `${count(requests.total)} (${count(requests.retried)} retried, ${count(requests.throttled)} throttled)`,
  ],
  [
    'sent',
    `${size(bytes.sent)} as ${size(bytes.compressed)}${bytes.compressed ? ` (${(bytes.sent / bytes.compressed).toFixed(1)} : 1)` : ''}`,
  ],
  ['time', `${timing.seconds.toFixed(1)} s, ${count(timing.eventsPerSecond)} events/s`],
  ['memory', `${Math.round(memory.peakMB)} MB of ${memory.budgetMB} MB per sender`],
  ...(timing.stages ? [['stages', stagesText(timing.stages)] as [string, string]] : []),
  ['bottleneck', bottleneck],
  ...(rejects.uri === null ? [] : [['rejects', rejects.uri] as [string, string]]),
  ...(responses ? [['responses', responses.uri] as [string, string]] : []),
];

const layoutText = ({ format, compression }: Report['source']): string => {
  if (format === 'unknown') return 'format unknown';
  return compression === 'none' ? format : `${format}, ${compression}`;
};

const entriesText = ({ read, skipped, refused }: NonNullable<Report['entries']>): string =>
  [`${count(read)} read`, skipped && `${count(skipped)} skipped`, refused && `${count(refused)} refused`]
    .filter(Boolean)
    .join(', ');

/** In the order of their shares; what rounds to nothing is left out. */
const stagesText = (stages: Report['timing']['stages']): string => {
  const percents = Object.entries(stages)
    .map(([stage, ms]) => ({ stage, percent: Math.round((100 * ms) / Math.max(1, totalMs(stages))) }))
    .filter(({ percent }) => percent > 0)
    .sort((a, b) => b.percent - a.percent);
  return percents.map(({ stage, percent }) => `${stage} ${percent} %`).join(', ') || 'no time';
};

const problemsOf = ({ rejects, failures }: Report): string[] => [
  ...Object.entries(rejects.byReason).map(([reason, records]) => `  ${count(records)} rejected: ${reason}`),
  ...failures.map(
    ({ chunk, code, message }) => `  ${chunk === null ? '' : `chunk ${chunk}: `}${code}: ${message}`,
  ),
];

export const count = (value: number): string => value.toLocaleString('en-US');

export const size = (bytes: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
};
