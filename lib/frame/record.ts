/** A record as it stands in its object, not yet understood. */
export interface RawRecord {
  readonly kind: 'record';
  /** First byte of the record, from the start of the object. */
  readonly offset: number;
  /** First byte after the record and its separator: where reading would go on. */
  readonly nextOffset: number;
  readonly bytes: Buffer;
}

/** A record that is too long to be held; `bytes` is its beginning. */
export interface OversizedRecord {
  readonly kind: 'oversized';
  readonly offset: number;
  readonly nextOffset: number;
  readonly bytes: Buffer;
}

export type FramedRecord = RawRecord | OversizedRecord;
