/** Places between two bytes, where records share bytes (Avro): as many as a double holds in files of terabytes. */
export const PLACES_PER_BYTE_MAX = 1024;

/** A record as it stands in its object, not yet understood. */
export interface RawRecord {
  readonly kind: 'record';
  /** Where the record begins, from the start of the object: a byte, a row where the format counts rows, or a place between bytes. */
  readonly offset: number;
  /** Behind the record and its separator: where reading would go on. */
  readonly nextOffset: number;
  /** JSON text without a line feed, unless one stands inside a string, where it is no JSON. */
  readonly bytes: Buffer;
}

/** A record that is too long to be held; `bytes` is its beginning. */
export interface OversizedRecord {
  readonly kind: 'oversized';
  readonly offset: number;
  readonly nextOffset: number;
  readonly bytes: Buffer;
}

/** What its format makes unreadable; `bytes` is its beginning, as it stands in the file. */
export interface BrokenRecord {
  readonly kind: 'broken';
  readonly offset: number;
  readonly nextOffset: number;
  readonly bytes: Buffer;
  readonly reason: BrokenReason;
}

export interface BrokenReason {
  readonly code: BrokenCode;
  /** For people; without record contents. */
  readonly message: string;
}

const BROKEN_CODES = [
  'JSON_GARBAGE',
  'JSON_UNCLOSED',
  'RECORDS_PATH_MISSING',
  'CSV_ENCODING_INVALID',
  'CSV_RAGGED_ROW',
  'CSV_QUOTES_INVALID',
  'CSV_QUOTE_UNCLOSED',
  'CSV_ROW_UNFINISHED',
  'CSV_VALUE_INVALID',
] as const;

export type BrokenCode = (typeof BROKEN_CODES)[number];

/** Whether a record that was rejected for this reason is no JSON, but a piece of its file. */
export const isBrokenCode = (reason: string): boolean => BROKEN_CODES.some((code) => code === reason);

export type FramedRecord = RawRecord | OversizedRecord | BrokenRecord;

/** Lines one behind another, each of which begins with `{` and ends with `}` and a line feed. */
export interface LineRun {
  readonly bytes: Buffer;
  /** For each line, the index in `bytes` behind its line feed. */
  readonly ends: readonly number[];
}

/**
 * Records that stand one behind another in the object, as lines: kept together so that nothing need be made for each
 * of them.
 */
export interface RecordRun extends LineRun {
  readonly kind: 'run';
  /** Of the first record; the one behind the last is `offset` and the bytes of the source. */
  readonly offset: number;
  /** The same records as they stand in the object, where the lines are not that any more. */
  readonly source?: LineRun | undefined;
}

const LINE_FEED = Buffer.from('\n');

/** Of a record that cannot be used, this much is kept to recognise it by. */
export const PREFIX_BYTES = 1024;

/** A run as it stands in the object. */
export const sourceOf = (run: RecordRun): LineRun => run.source ?? run;

/** Records of a run from index `from` (inclusive) to `to` (exclusive). */
export const cutRun = (run: RecordRun, from: number, to: number): RecordRun => {
  const start = sourceOf(run).ends[from - 1] ?? 0;
  return {
    kind: 'run',
    offset: run.offset + start,
    ...cutLines(run, from, to),
    ...(run.source && { source: cutLines(run.source, from, to) }),
  };
};

const cutLines = ({ bytes, ends }: LineRun, from: number, to: number): LineRun => {
  const start = ends[from - 1] ?? 0;
  return {
    bytes: bytes.subarray(start, ends[to - 1] ?? 0),
    ends: ends.slice(from, to).map((end) => end - start),
  };
};

/** Records as one run of lines, in bytes of their own. */
export const runOf = (records: readonly FramedRecord[]): RecordRun => {
  let end = 0;
  return {
    kind: 'run',
    offset: 0,
    bytes: Buffer.concat(records.flatMap(({ bytes }) => [bytes, LINE_FEED])),
    ends: records.map(({ bytes }) => (end += bytes.length + 1)),
  };
};
