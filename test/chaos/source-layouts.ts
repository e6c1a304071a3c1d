import type { Line } from './source.ts';
import type { DrawnRecord } from './source-records.ts';
import { oneOf } from './world.ts';

export type SourceFormat = 'jsonl' | 'json' | 'csv' | 'tsv';

/** Records written down, and where each of them stands. */
export interface SourceLayout {
  readonly text: string;
  readonly lines: readonly Line[];
  readonly recordsPath?: string;
}

type Write = (random: () => number, records: readonly DrawnRecord[]) => SourceLayout;

const COLUMNS = ['n', 'event', 'time', 'distinct_id', '$insert_id', 'pad'];

const writeJsonl: Write = (random, records) => {
  const page = createPage();
  for (const [i, record] of records.entries()) {
    page.line(record);
    page.add(
      record.kind === 'event' ? JSON.stringify(contentsOf(record)) : record.kind === 'blank' ? '' : `{"n":`,
    );
    page.add(i % 9 === 4 ? '\r\n' : '\n');
  }
  return page.layout(random() < 0.5);
};

/** An array, one under a key, or records one behind another; each on a line or over several. */
const writeJson: Write = (random, records) => {
  const page = createPage();
  const { before, between, after, ...rest } = oneOf(random, JSON_SHAPES);
  page.add(before);
  for (const [i, record] of records.entries()) {
    if (i > 0) page.add(oneOf(random, between));
    page.line(record);
    const indent = i === 0 || random() < 0.5 ? 2 : undefined;
    page.add(record.kind === 'event' ? JSON.stringify(contentsOf(record), null, indent) : '"no object"');
  }
  page.add(after);
  return { ...page.layout(true), ...rest };
};

const JSON_SHAPES = [
  { before: '[', between: [',', ',\n', ' , '], after: ']' },
  { before: '\n[ ', between: [',', ',\r\n'], after: '\n]\n' },
  { before: '', between: ['', '\n', '\n\n', ' ', ','], after: '\n' },
  {
    before: '{"about":[{"n":-1}],"data":{"count":7,"events":[\n',
    between: [',', ',\n'],
    after: ']},"end":true}',
    recordsPath: 'data.events',
  },
];

const writeTable =
  (delimiter: string): Write =>
  (random, records) => {
    const page = createPage();
    page.add(`${COLUMNS.join(delimiter)}\n`);
    for (const [i, record] of records.entries()) {
      page.line(record);
      if (record.kind === 'event')
        page.add(COLUMNS.map((name) => field(random, record.properties[name])).join(delimiter));
      if (record.kind === 'broken') page.add(oneOf(random, [`${record.n}`, `a"b${delimiter.repeat(5)}`]));
      page.add(i % 9 === 4 ? '\r\n' : '\n');
    }
    return page.layout(random() < 0.5);
  };

/** Quoted where it must be, and now and then where it need not. */
const field = (random: () => number, value: string | number = ''): string => {
  const text = String(value);
  return /["\n\r,\t]/.test(text) || random() < 0.1 ? `"${text.replaceAll('"', '""')}"` : text;
};

export const LAYOUTS: Readonly<Record<SourceFormat, Write>> = {
  jsonl: writeJsonl,
  json: writeJson,
  csv: writeTable(','),
  tsv: writeTable('\t'),
};

const contentsOf = ({ properties: { event, ...others }, isNested }: DrawnRecord): object =>
  isNested ? { event, properties: others } : { event, ...others };

/** Text that knows where its records begin. */
const createPage = () => {
  const lines: Line[] = [];
  const parts: string[] = [];
  let bytes = 0;
  return {
    add: (text: string): void => {
      parts.push(text);
      bytes += Buffer.byteLength(text);
    },
    line: ({ n, fate }: DrawnRecord): void => {
      lines.push({ offset: bytes, n, fate });
    },
    /** @param isWhole or else without the end of its last line */
    layout: (isWhole: boolean): SourceLayout => {
      const text = parts.join('');
      return { text: isWhole ? text : text.replace(/\r?\n$/, ''), lines };
    },
  };
};
