/** Bytes from `start` (inclusive) to `end` (exclusive), counted from the first byte of the object. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Anything readable by range: an S3 object, a buffer in a test. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Nobody but the reader holds the pieces that `read` gives. Default: somebody may. */
  readonly givesAway?: boolean;
  /**
   * The bytes of `range` in order, in pieces of any size. An empty range reads nothing.
   *
   * @throws {ReadError} `retryable` says whether the same read may succeed later
   */
  read(range: ByteRange): AsyncIterable<Uint8Array>;
}
