import { cutShort, type Encoder, gzip, gzipMembers, plain } from './encode.ts';
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
const TINY = { events: [1, 20], eventBytes: 300 } as const;

const jsonl = { extension: '.jsonl', encode: plain, outcome: 'complete', drop: 'once' } as const;
const gzipped = { ...jsonl, extension: '.jsonl.gz', encode: gzip } as const;

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
  { name: 'gzip, several members', ...gzipped, encode: gzipMembers, lines: SMALL },
  { name: 'gzip, dropped twice', ...gzipped, drop: 'twice', lines: SMALL },
  { name: 'gzip, cut short', ...gzipped, encode: cutShort, outcome: 'corrupt', lines: SMALL },
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
