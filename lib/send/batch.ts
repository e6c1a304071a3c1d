/** A body ready to be sent. The same bytes go out on every attempt. */
export interface EncodedBatch {
  /** NDJSON, gzipped if `compressed`. */
  readonly body: Uint8Array;
  readonly compressed: boolean;
  readonly records: number;
  /** Bytes before compression, which is what the API's limits count. */
  readonly rawBytes: number;
}

/** Records that travel in one request; NDJSON lines, so that any run of records can be cut out again. */
export interface SendableBatch {
  readonly records: number;
  /** Records from `start` (inclusive) to `end` (exclusive), counted from the first record of this batch. */
  slice(start: number, end: number): SendableBatch;
  /** Compresses off the main thread. */
  encode(): Promise<EncodedBatch>;
  /**
   * Of records that are sent unread, those that can be read; asked for when all are refused, which one line that is
   * no JSON can cause. Undefined where each can be read.
   */
  readonly readable?: () => ReadableBatch | undefined;
}

export interface ReadableBatch {
  readonly batch: SendableBatch;
  /** For each of its records, the index in the batch that it was taken from. */
  readonly indices: readonly number[];
  /** The others, by their index in the batch that they were taken from. */
  readonly broken: readonly RejectedRecord[];
}

/** A record that was not imported. */
export interface RejectedRecord {
  /** Counted from the first record of the batch. */
  readonly index: number;
  /** The API's own words, at most 200 characters. */
  readonly reason: string;
  /** The offending field as the API names it, such as `properties.time`. */
  readonly field?: string;
}

/** What became of a batch: `imported + rejected.length` is the number of its records. */
export interface SendResult {
  readonly imported: number;
  /** Sorted by index. */
  readonly rejected: readonly RejectedRecord[];
  readonly requests: {
    readonly total: number;
    /** Those that sent the same bytes again. */
    readonly retried: number;
    /** Those answered 429. */
    readonly throttled: number;
  };
  /** Bodies of every request, resends included. */
  readonly bytes: {
    /** Before compression. */
    readonly sent: number;
    /** As they went over the network. */
    readonly compressed: number;
  };
  /** Summed over requests, which may overlap when a batch was halved. */
  readonly waitMs: {
    readonly request: number;
    readonly backoff: number;
    /** For the sender's share of the quota, before a request. */
    readonly pace: number;
  };
}
