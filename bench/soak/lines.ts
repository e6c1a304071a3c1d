import { hash } from 'node:crypto';
import type { ImportEvent } from '../../local/mixpanel/import-event.ts';
import { BAD_LINES, type BadLine } from './bad-lines.ts';
import { type Random, randomAt } from './random.ts';

export interface LinesShape {
  /** Fewest and most. */
  readonly events: readonly [number, number];
  /** About this long a line. */
  readonly eventBytes: number;
  /** Without `$insert_id` unless true; true unless set. */
  readonly hasIds?: boolean;
  /** Of the lines, 0 to 1. */
  readonly badShare?: number;
  /** What they are; of a file of JSON lines unless set. */
  readonly bad?: readonly BadLine[];
  readonly blankShare?: number;
  /** Events that come a second time, at once. */
  readonly repeatShare?: number;
  /** Texts have quotes, delimiters and line ends in them. */
  readonly hasHardText?: boolean;
  /** LF unless set. */
  readonly ending?: '\r\n';
  readonly hasMark?: boolean;
  /** The last line has no ending. */
  readonly isOpenEnded?: boolean;
  /** One line of so many bytes, far beyond what a record may have, somewhere among the others. */
  readonly hugeLineBytes?: number;
}

/** A line of a file and what is to become of it. */
export interface Line {
  readonly bytes: Buffer;
  /** `blank` lines are no records. */
  readonly fate: 'imported' | 'repeated' | 'blank' | { readonly rejected: string };
  /** As the project gets it, if it is imported. */
  readonly event?: ImportEvent;
}

const MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const TIME_FROM_MS = 1_600_000_000_000;
const NAMES = ['Page Viewed', 'Signed Up', 'Song Played', 'Order Completed', 'Søgning 🔎'];
const TEXT = 'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor '.repeat(16);
const HARD_TEXT = 'a "quoted" word, and more; a tab\t, a line\nand another\r\n {[}] \\ é漢 '.repeat(20);

/** The lines of the file of this seed and number, one after another: the same ones each time. */
export function* linesOf(shape: LinesShape, seed: number, number: number): Generator<Line> {
  const random = randomAt(seed, 1_000_000 + number);
  const count = random.between(...shape.events);
  const hugeAt = random.between(0, Math.max(0, count - 1));
  const ending = shape.ending ?? '\n';
  const finished = (line: Line, isFirst: boolean, isLast: boolean): Line => {
    const after = isLast && shape.isOpenEnded ? '' : ending;
    const parts = [isFirst && shape.hasMark ? MARK : '', line.bytes, after].map((part) => Buffer.from(part));
    return { ...line, bytes: Buffer.concat(parts) };
  };
  for (let i = 0; i < count; i++) {
    const lines = [...lineGroup(shape, random, `${number}-${i}`)];
    if (i === hugeAt && shape.hugeLineBytes) lines.unshift(hugeLine(shape.hugeLineBytes));
    for (const [at, line] of lines.entries()) {
      yield finished(line, i === 0 && at === 0, i === count - 1 && at === lines.length - 1);
    }
  }
}

/** A line, and what comes along with it. */
function* lineGroup(shape: LinesShape, random: Random, id: string): Generator<Line> {
  if (random.chance(shape.blankShare ?? 0))
    yield { bytes: Buffer.from(random.pick(['', ' ', '\t '])), fate: 'blank' };
  if (random.chance(shape.badShare ?? 0)) {
    const bad = random.pick(shape.bad ?? BAD_LINES);
    return yield { bytes: bad.bytes(id), fate: { rejected: bad.reason } };
  }
  const line = eventLine(shape, random, id);
  yield line;
  if (random.chance(shape.repeatShare ?? 0)) yield { ...line, fate: 'repeated' };
}

const hugeLine = (bytes: number): Line => ({
  bytes: Buffer.concat([Buffer.from('{"event":"'), Buffer.alloc(bytes, 0x61), Buffer.from('"}')]),
  fate: { rejected: 'RECORD_TOO_LONG' },
});

const eventLine = (
  { eventBytes, hasIds = true, hasHardText }: LinesShape,
  random: Random,
  id: string,
): Line => {
  const properties: ImportEvent['properties'] = {
    time: TIME_FROM_MS + random.between(0, 100_000_000_000),
    distinct_id: `user-${random.between(0, 99_999)}`,
    ...(hasIds ? { $insert_id: `soak-${id}` } : {}),
    place: `${random.pick(NAMES)} ${id}`,
    amount: random.between(0, 100_000) / 100,
  };
  const event = { event: random.pick(NAMES), properties };
  const missing = eventBytes - JSON.stringify(event).length - 12;
  if (missing > 0) properties.note = textOf(hasHardText ? HARD_TEXT : TEXT, missing, random);
  const bytes = Buffer.from(JSON.stringify(event));
  return { bytes, fate: 'imported', event: hasIds ? event : withContentId(event) };
};

const textOf = (text: string, length: number, random: Random): string => {
  const start = random.between(0, 1_000);
  return text.repeat(1 + Math.ceil((start + length) / text.length)).slice(start, start + length);
};

/** What the recipe's `"insertId": "content"` is to make of it: 36 hex digits of the record with its keys sorted. */
const withContentId = ({ event, properties }: ImportEvent): ImportEvent => {
  const sorted = Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify({ event, properties: Object.fromEntries(sorted) });
  return { event, properties: { ...properties, $insert_id: hash('sha256', text, 'hex').slice(0, 36) } };
};
