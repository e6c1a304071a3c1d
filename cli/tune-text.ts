import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { LevelCost } from '../lib/tune/level-cost.ts';
import type { RecordProfile } from '../lib/tune/profile.ts';
import type { Recommendation } from '../lib/tune/recommend.ts';
import type { TuneResult } from '../lib/tune/tune.ts';
import { count, size } from './report-text.ts';

export interface TunedSource {
  readonly uri: string;
  /** As it is stored. */
  readonly bytes: number;
  readonly format: string;
  readonly compression: string;
}

/** What tuning has found, for people. Colours only where the stream has them. */
export const tuneText = (
  sources: readonly TunedSource[],
  { profile, extent, findings, gzip, recommendation }: TuneResult,
  stream: NodeJS.WriteStream,
): string => {
  const title = (text: string): string => styleText('bold', text, { stream });
  const sections = [
    sources.map(sourceLine).join('\n'),
    ...findings.map(({ code, message }) => `${styleText('yellow', code, { stream })}  ${message}`),
  ];
  if (!recommendation) {
    return [...sections, 'No record was found, so there is nothing to go by.'].join('\n');
  }
  const about = extent.isExact ? '' : 'about ';
  return [
    ...sections,
    '',
    title(`Records: ${about}${count(extent.records)} in ${about}${size(extent.bytes)}`),
    profileTable(profile),
    '',
    title('gzip, measured on this machine; dollars for each GB of events, on Lambda'),
    gzipTable(gzip, recommendation.compressionLevel.value),
    '',
    title('Recommended'),
    knobsTable(recommendation),
  ].join('\n');
};

const sourceLine = ({ uri, bytes, format, compression }: TunedSource): string =>
  `${uri}  ${size(bytes)}, ${format}${compression === 'none' ? '' : ` in ${compression}`}`;

const newTable = (head: string[] = []) =>
  new Table({ head, style: { head: [], border: [], compact: true }, wordWrap: true });

const profileTable = ({ records, rejected, sizes, density, fields, spots }: RecordProfile): string => {
  const table = newTable();
  const of = (part: number): string => share(part, fields.records);
  const forms = Object.entries(fields.timeForms).filter(([, times]) => times > 0);
  table.push(
    [
      'looked at',
      `${records} records at ${spots.length} ${spots.length === 1 ? 'place' : 'places'}, ${rejected} would be rejected`,
    ],
    [
      'size',
      `${count(sizes.averageBytes)} B on average, p50 ${count(sizes.p50Bytes)}, p99 ${count(sizes.p99Bytes)}, largest ${count(sizes.maxBytes)}`,
    ],
    ['class', `${density} events`],
    [
      'fields',
      `event ${of(fields.withEvent)}, time ${of(fields.withTime)}, distinct_id ${of(fields.withDistinctId)}, $insert_id ${of(fields.withInsertId)}`,
    ],
    ['time', forms.map(([form, times]) => `${form} ${of(times)}`).join(', ') || 'none'],
    ['widest', `${fields.propertiesMax} properties, nested ${fields.nestedLevelsMax} deep`],
  );
  return table.toString();
};

const share = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${Math.round((part / whole) * 100)} %`;

const gzipTable = (costs: readonly LevelCost[], chosen: number): string => {
  const table = newTable(['level', 'ratio', 'MB/s per core', 'CPU', 'egress', 'total', '']);
  for (const { level, ratio, megabytesPerSecond, cpuDollars, egressDollars, totalDollars } of costs) {
    table.push([
      String(level),
      `${ratio.toFixed(2)} : 1`,
      megabytesPerSecond.toFixed(0),
      dollars(cpuDollars),
      dollars(egressDollars),
      dollars(totalDollars),
      level === chosen ? 'chosen' : '',
    ]);
  }
  return table.toString();
};

const dollars = (amount: number): string => `$${amount.toFixed(4)}`;

const knobsTable = (recommendation: Recommendation): string => {
  const table = newTable(['knob', 'value', 'why']);
  for (const [knob, { value, reason }] of Object.entries(recommendation)) {
    table.push([knob, typeof value === 'number' ? count(value) : String(value), reason]);
  }
  return table.toString();
};
