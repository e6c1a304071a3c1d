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

/** Of a record that cannot be used, this much is kept to recognise it by. */
export const PREFIX_BYTES = 1024;
