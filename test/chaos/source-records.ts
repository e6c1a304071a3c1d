import type { Fate } from './source.ts';
import type { SourceFormat } from './source-layouts.ts';
import { between } from './world.ts';

/** A record before it is written down. */
export interface DrawnRecord {
  /** Equal records have the same. */
  readonly n: number;
  readonly fate: Fate;
  /** `broken` is what its format cannot read, `blank` no record at all. */
  readonly kind: 'event' | 'broken' | 'blank';
  readonly properties: Readonly<Record<string, string | number>>;
  /** The properties stand under a key of their own, where the format has such. */
  readonly isNested: boolean;
}

/** Longest record that is accepted. */
export const RECORD_BYTES_MAX = 1_200;
const LONG_CHARS = 3_000;
/** Of a table, in which blank fields are not there. */
const PAD_MARKS = ['', ' ', '\n', '\r\n', '"', ',', '\t', '; "quoted"'];

/** What the records of a file are drawn for. */
export interface RecordsKind {
  readonly format: SourceFormat;
  /** There are many, of text that cannot be made much smaller, so that reading them takes long. */
  readonly isSlow: boolean;
}

export const drawRecords = (random: () => number, kind: RecordsKind): DrawnRecord[] => {
  const count = kind.isSlow ? between(random, 300, 600) : between(random, 80, 300);
  const records: DrawnRecord[] = [];
  for (let n = 0; n < count; n++) {
    const last = records.at(-1);
    const isRepeated = n > 0 && n % 29 === 0 && last?.fate === 'imported';
    records.push(isRepeated ? last : drawRecord(random, n, kind));
  }
  return records;
};

const drawRecord = (random: () => number, n: number, recordsKind: RecordsKind): DrawnRecord => {
  const properties = {
    n,
    event: 'seen',
    time: 1_700_000_000 + n,
    distinct_id: `u${n % 7}`,
    ...(n % 3 === 0 ? { $insert_id: `own-${n}` } : {}),
    pad: drawPad(random, recordsKind),
  };
  const good = { n, fate: 'imported', kind: 'event', properties, isNested: false } as const;
  const bad = { ...good, fate: 'rejected' } as const;
  // By the first records of a file its format is told.
  const kind = n < 2 ? 1 : random();
  if (kind < 0.04) return { ...bad, kind: 'broken' };
  if (kind < 0.06 && recordsKind.format !== 'json') return { ...bad, kind: 'blank', fate: 'blank' };
  if (kind < 0.08) {
    const { time, ...others } = properties;
    return { ...bad, properties: others };
  }
  if (kind < 0.1) return { ...bad, properties: { ...properties, time: 4_000_000_000 } };
  if (kind < 0.12) return { ...bad, properties: { ...properties, pad: 'x'.repeat(LONG_CHARS) } };
  return { ...good, isNested: kind < 0.6 };
};

const drawPad = (random: () => number, { format, isSlow }: RecordsKind): string => {
  const letter = (): string => String.fromCharCode(between(random, 0xc0, 0x17f));
  const count = between(random, 0, 220);
  const pad = isSlow ? Array.from({ length: count }, letter).join('') : 'é'.repeat(count);
  if (format !== 'csv' && format !== 'tsv') return `${pad}.`;
  return `${pad}${PAD_MARKS[between(random, 0, PAD_MARKS.length - 1)]}.`;
};
