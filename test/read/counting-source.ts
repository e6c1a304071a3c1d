import type { ByteRange, ByteSource } from '../../lib/read/byte-source.ts';

export interface CountingSource extends ByteSource {
  readonly ranges: ByteRange[];
  /** Bytes handed out so far. */
  bytesRead(): number;
}

/** A source that notes what is asked of it and how much of that is taken. */
export const countingSource = (source: ByteSource): CountingSource => {
  const ranges: ByteRange[] = [];
  let bytes = 0;
  return {
    sizeBytes: source.sizeBytes,
    ranges,
    bytesRead: () => bytes,
    async *read(range) {
      ranges.push(range);
      for await (const piece of source.read(range)) {
        bytes += piece.length;
        yield piece;
      }
    },
  };
};
