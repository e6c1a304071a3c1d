import { compress, type SourceCompression } from './source-compression.ts';
import { LAYOUTS, type SourceFormat } from './source-layouts.ts';
import { drawRecords } from './source-records.ts';
import { oneOf } from './world.ts';

/** What must become of a record. */
export type Fate = 'imported' | 'rejected' | 'blank';

/** A record, or a line that is none. */
export interface Line {
  /** First byte in the decompressed source. */
  readonly offset: number;
  /** Tells the records of a source apart; equal records have the same. */
  readonly n: number;
  readonly fate: Fate;
}

export interface SimulatedSource {
  readonly key: string;
  readonly bytes: Buffer;
  readonly lines: readonly Line[];
  readonly recordsPath?: string;
  /** Reading comes to a place where it breaks, somewhere among the records or behind them. */
  readonly isBroken: boolean;
}

interface SourceKind {
  /** It will be read slowly: reading has to be continued at a border between members, of which there are some. */
  readonly isSlow: boolean;
  readonly isBroken: boolean;
}

const FORMATS: readonly SourceFormat[] = ['jsonl', 'jsonl', 'json', 'csv', 'tsv'];
const COMPRESSIONS: readonly SourceCompression[] = ['gzip', 'gzip', 'zstd', 'bzip2'];

/** A file of good records and of all kinds of bad ones, among them some that only the API refuses. */
export const drawSource = (random: () => number, { isSlow, isBroken }: SourceKind): SimulatedSource => {
  const format = oneOf(random, FORMATS);
  const layout = LAYOUTS[format](random, drawRecords(random, { format, isSlow }));
  const { text, lines, recordsPath } = layout;
  const common = { lines, isBroken, ...(recordsPath === undefined ? {} : { recordsPath }) };
  if (!isBroken && random() < (isSlow ? 0.3 : 0.5))
    return { key: `events/a.${format}`, bytes: Buffer.from(text), ...common };
  const compression = oneOf(random, COMPRESSIONS);
  const { bytes, suffix } = compress(random, Buffer.from(text), { compression, isSlow, isBroken });
  return { key: `events/a.${format}${suffix}`, bytes, ...common };
};
