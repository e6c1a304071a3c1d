import { BAD_CELLS, BAD_ELEMENTS, BAD_OBJECTS, BAD_ROWS } from './bad-lines.ts';
import { avro, parquet } from './binary.ts';
import {
  bzip2Streams,
  cutShort,
  type Encoder,
  gzip,
  gzipMembers,
  plain,
  tarGzip,
  written,
  zip,
  zstd,
  zstdFrames,
} from './encode.ts';
import { jsonArray, jsonLines, prettyJson, table } from './layouts.ts';
import type { LinesShape } from './lines.ts';
import { type Random, randomAt } from './random.ts';

/** What is to become of a file. */
export type Outcome =
  /** Every record is imported, or rejected with the reason that is known beforehand. */
  | 'complete'
  /** The file breaks; what comes before is imported, and the import has failed. */
  | 'corrupt'
  /** The file is replaced: its import is complete if it was quicker, and has failed if not. */
  | 'complete-or-changed';

/** A kind of file that the soak drops. */
export interface Kind {
  readonly name: string;
  readonly extension: string;
  readonly encode: Encoder;
  readonly lines: LinesShape;
  readonly outcome: Outcome;
  /** `twice`: dropped again at once. `replaced`: another file takes its place and is dropped while it is imported. */
  readonly drop: 'once' | 'twice' | 'replaced';
}

const SMALL = { events: [200, 30_000], eventBytes: 300 } as const;
const MEDIUM = { events: [200, 6_000], eventBytes: 2_000 } as const;
const LARGE = { events: [50, 1_200], eventBytes: 10_000 } as const;
/** Written by an encoder that takes its time. */
const FEW = { events: [50, 1_500], eventBytes: 300 } as const;
const TINY = { events: [1, 20], eventBytes: 300 } as const;

const jsonl = {
  extension: '.jsonl',
  encode: written(jsonLines, plain),
  outcome: 'complete',
  drop: 'once',
} as const;
const gzipped = { ...jsonl, extension: '.jsonl.gz', encode: written(jsonLines, gzip) } as const;
const array = { ...jsonl, extension: '.json', encode: written(jsonArray, plain) } as const;
const csv = { ...jsonl, extension: '.csv', encode: written(table(','), plain) } as const;
const ELEMENTS = { ...SMALL, badShare: 0.02, bad: BAD_ELEMENTS } as const;
const CELLS = { ...SMALL, badShare: 0.02, bad: BAD_CELLS } as const;
const HARD_CELLS = { ...CELLS, blankShare: 0.01, hasHardText: true } as const;
const ROWS = { ...SMALL, badShare: 0.02, bad: BAD_ROWS } as const;

/** Every kind is as likely as any other. */
export const KINDS: readonly Kind[] = [
  { name: 'small events', ...jsonl, lines: SMALL },
  { name: 'medium events', ...jsonl, lines: MEDIUM },
  { name: 'large events', ...jsonl, lines: LARGE },
  { name: 'a few events', ...jsonl, lines: TINY },
  { name: 'events without ids', ...jsonl, lines: { ...SMALL, hasIds: false } },
  { name: 'events near the limit', ...jsonl, lines: { events: [2, 12], eventBytes: 900_000 } },
  { name: 'bad lines', ...jsonl, lines: { ...SMALL, badShare: 0.05 } },
  { name: 'only bad lines', ...jsonl, lines: { ...TINY, badShare: 1 } },
  { name: 'lines that repeat', ...jsonl, lines: { ...SMALL, repeatShare: 0.1 } },
  { name: 'blank lines', ...jsonl, lines: { ...SMALL, blankShare: 0.2 } },
  { name: 'CRLF', ...jsonl, lines: { ...SMALL, badShare: 0.01, ending: '\r\n' } },
  { name: 'byte order mark', ...jsonl, lines: { ...SMALL, hasMark: true } },
  { name: 'no newline at the end', ...jsonl, lines: { ...SMALL, isOpenEnded: true } },
  { name: 'one huge line', ...jsonl, lines: { ...TINY, hugeLineBytes: 20_000_000 } },
  { name: 'empty', ...jsonl, lines: { events: [0, 0], eventBytes: 300 } },
  { name: 'dropped twice', ...jsonl, drop: 'twice', lines: { ...MEDIUM, badShare: 0.02 } },
  { name: 'replaced', ...jsonl, drop: 'replaced', outcome: 'complete-or-changed', lines: MEDIUM },
  { name: 'gzip, small events', ...gzipped, lines: { ...SMALL, badShare: 0.01 } },
  { name: 'gzip, large events', ...gzipped, lines: LARGE },
  { name: 'gzip, empty', ...gzipped, lines: { events: [0, 0], eventBytes: 300 } },
  { name: 'gzip, one huge line', ...gzipped, lines: { ...TINY, hugeLineBytes: 20_000_000 } },
  { name: 'gzip, several members', ...gzipped, encode: written(jsonLines, gzipMembers), lines: SMALL },
  { name: 'gzip, dropped twice', ...gzipped, drop: 'twice', lines: SMALL },
  {
    name: 'gzip, cut short',
    ...gzipped,
    encode: written(jsonLines, cutShort(gzip)),
    outcome: 'corrupt',
    lines: SMALL,
  },
  { name: 'JSON array', ...array, lines: ELEMENTS },
  { name: 'JSON array, large events', ...array, lines: { ...LARGE, hasHardText: true } },
  { name: 'JSON array, one huge element', ...array, lines: { ...TINY, hugeLineBytes: 20_000_000 } },
  { name: 'JSON array, empty', ...array, lines: { events: [0, 0], eventBytes: 300 } },
  { name: 'JSON array, dropped twice', ...array, drop: 'twice', lines: MEDIUM },
  {
    name: 'JSON array, gzip',
    ...array,
    extension: '.json.gz',
    encode: written(jsonArray, gzip),
    lines: ELEMENTS,
  },
  {
    name: 'pretty-printed objects',
    ...array,
    encode: written(prettyJson, plain),
    lines: { ...ELEMENTS, bad: BAD_OBJECTS, hasHardText: true },
  },
  { name: 'CSV', ...csv, lines: CELLS },
  { name: 'CSV, quotes and line ends in fields', ...csv, lines: HARD_CELLS },
  { name: 'CSV, replaced', ...csv, drop: 'replaced', outcome: 'complete-or-changed', lines: MEDIUM },
  { name: 'CSV, gzip', ...csv, extension: '.csv.gz', encode: written(table(','), gzip), lines: HARD_CELLS },
  {
    name: 'CSV, gzip members',
    ...csv,
    extension: '.csv.gz',
    encode: written(table(','), gzipMembers),
    lines: CELLS,
  },
  { name: 'TSV', ...csv, extension: '.tsv', encode: written(table('\t'), plain), lines: HARD_CELLS },
  { name: 'TSV, zstd', ...csv, extension: '.tsv.zst', encode: written(table('\t'), zstd), lines: CELLS },
  { name: 'zstd', ...jsonl, extension: '.jsonl.zst', encode: written(jsonLines, zstd), lines: MEDIUM },
  {
    name: 'zstd, frames',
    ...jsonl,
    extension: '.jsonl.zst',
    encode: written(jsonLines, zstdFrames),
    lines: ELEMENTS,
  },
  {
    name: 'zstd, cut short',
    ...jsonl,
    extension: '.jsonl.zst',
    encode: written(jsonLines, cutShort(zstd)),
    outcome: 'corrupt',
    lines: SMALL,
  },
  { name: 'bzip2', ...jsonl, extension: '.jsonl.bz2', encode: written(jsonLines, bzip2Streams), lines: FEW },
  {
    name: 'CSV, bzip2',
    ...csv,
    extension: '.csv.bz2',
    encode: written(table(','), bzip2Streams),
    lines: { ...FEW, hasHardText: true },
  },
  {
    name: 'Parquet',
    ...jsonl,
    extension: '.parquet',
    encode: parquet,
    lines: { ...ROWS, hasHardText: true },
  },
  {
    name: 'Parquet, dropped twice',
    ...jsonl,
    extension: '.parquet',
    encode: parquet,
    drop: 'twice',
    lines: MEDIUM,
  },
  {
    name: 'zip',
    ...jsonl,
    extension: '.zip',
    encode: written(jsonLines, zip),
    lines: { ...SMALL, badShare: 0.02 },
  },
  {
    name: 'tar.gz',
    ...jsonl,
    extension: '.tar.gz',
    encode: written(jsonLines, tarGzip),
    lines: { ...MEDIUM, badShare: 0.02 },
  },
  { name: 'Avro', ...jsonl, extension: '.avro', encode: avro, lines: { ...ROWS, hasHardText: true } },
];

/** One file: its bytes depend on these alone. */
export interface FileSpec {
  readonly seed: number;
  /** Tells its events from those of all other files. */
  readonly number: number;
  readonly kind: Kind;
}

export const kindNamed = (name: string): Kind => KINDS.find((kind) => kind.name === name)!;

/** The file of this number; all kinds come before one comes again. */
export const specAt = (seed: number, number: number): FileSpec => {
  const round = Math.floor(number / KINDS.length);
  const order = shuffled(KINDS, randomAt(seed, round));
  return { seed, number, kind: order[number % KINDS.length]! };
};

const shuffled = <T>(list: readonly T[], random: Random): T[] => {
  const rest = [...list];
  return list.map(() => rest.splice(random.between(0, rest.length - 1), 1)[0]!);
};
