import { gzipSync } from 'node:zlib';
import { between } from './world.ts';

/** What must become of a line. `equal` is a good record that another line holds too. */
export type Fate = 'imported' | 'rejected' | 'blank';

export interface Line {
  /** First byte in the decompressed source. */
  readonly offset: number;
  /** Tells the records of a source apart; equal lines have the same. */
  readonly n: number;
  readonly fate: Fate;
}

export interface SimulatedSource {
  readonly key: string;
  readonly bytes: Buffer;
  readonly lines: readonly Line[];
}

/** Longest record that is accepted. */
export const RECORD_BYTES_MAX = 1_200;

interface SourceKind {
  readonly compression: 'none' | 'gzip';
  /** It will be read slowly: reading has to be continued at a border between members, of which there are some. */
  readonly isSlow: boolean;
}

/** A file of good records and of all kinds of bad ones, among them some that only the API refuses. */
export const drawSource = (random: () => number, { compression, isSlow }: SourceKind): SimulatedSource => {
  const count = between(random, 80, 300);
  const lines: Line[] = [];
  let text = '';
  let last = '';
  for (let n = 0; n < count; n++) {
    const isRepeated = n > 0 && n % 29 === 0 && lines.at(-1)!.fate === 'imported';
    const { line, fate } = isRepeated ? { line: last, fate: 'imported' as const } : drawLine(random, n);
    lines.push({ offset: Buffer.byteLength(text), n: isRepeated ? n - 1 : n, fate });
    text += line + (n % 9 === 4 ? '\r\n' : '\n');
    last = line;
  }
  const plain = Buffer.from(random() < 0.5 ? text : text.slice(0, -1));
  if (compression === 'none') return { key: 'events/a.jsonl', bytes: plain, lines };
  return { key: 'events/a.jsonl.gz', bytes: inMembers(random, plain, isSlow), lines };
};

const MEMBERS_MAX = 8;

/** gzip of one member or several, at any places; not always small, so that reading it takes a while. */
const inMembers = (random: () => number, plain: Buffer, isSlow: boolean): Buffer => {
  const cuts = Array.from({ length: between(random, isSlow ? MEMBERS_MAX / 2 : 0, MEMBERS_MAX - 1) }, () =>
    between(random, 0, plain.length),
  );
  const places = [0, ...cuts.toSorted((a, b) => a - b), plain.length];
  const level = isSlow || random() < 0.5 ? 0 : 6;
  const members = places.slice(1).map((end, i) => gzipSync(plain.subarray(places[i], end), { level }));
  return Buffer.concat(members);
};

const drawLine = (random: () => number, n: number): { line: string; fate: Fate } => {
  const properties = {
    n,
    time: 1_700_000_000 + n,
    distinct_id: `u${n % 7}`,
    ...(n % 3 === 0 ? { $insert_id: `own-${n}` } : {}),
    pad: 'é'.repeat(between(random, 0, 220)),
  };
  const event = { event: 'seen', ...properties };
  // By the first lines of a file its format is told.
  const kind = n < 2 ? 1 : random();
  if (kind < 0.04) return { line: `{"n":${n},"event":`, fate: 'rejected' };
  if (kind < 0.06) return { line: '', fate: 'blank' };
  if (kind < 0.08) return { line: JSON.stringify({ ...event, time: undefined }), fate: 'rejected' };
  if (kind < 0.1) return { line: JSON.stringify({ ...event, time: 4_000_000_000 }), fate: 'rejected' };
  if (kind < 0.12) return { line: JSON.stringify({ ...event, long: 'x'.repeat(3_000) }), fate: 'rejected' };
  if (kind < 0.6) return { line: JSON.stringify({ event: 'seen', properties }), fate: 'imported' };
  return { line: JSON.stringify(event), fate: 'imported' };
};
