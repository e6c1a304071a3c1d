import type { ByteRange, ByteSource } from '../../read/byte-source.ts';

const KiB = 1024;
/** Read past the end of a range along with it, so that finishing its last block seldom costs a read of its own. */
const LOOKAHEAD_BYTES = 64 * KiB;

/** Bytes of an object from one place on, as many at a time as are asked for. */
export interface Feed {
  /** Where the next byte stands in the object. */
  position(): number;
  /** The next `bytes` bytes, or as many as the object has, without consuming them. */
  peek(bytes: number): Promise<Buffer>;
  skip(bytes: number): void;
  close(): Promise<void>;
}

/** Reads `range` in one read, and past it only what is asked for, in reads that double in length. */
export const openFeed = (source: ByteSource, range: ByteRange): Feed => {
  const pieces = piecesFrom(source, range);
  let held: Buffer = Buffer.alloc(0);
  let position = range.start;

  return {
    position: () => position,
    async peek(bytes) {
      const parts: Uint8Array[] = [held];
      let length = held.length;
      while (length < bytes) {
        const { done, value } = await pieces.next();
        if (done) break;
        parts.push(value);
        length += value.length;
      }
      if (parts.length > 1) held = Buffer.concat(parts, length);
      return held.subarray(0, bytes);
    },
    skip(bytes) {
      held = held.subarray(bytes);
      position += bytes;
    },
    close: async () => {
      await pieces.return(undefined);
    },
  };
};

async function* piecesFrom(source: ByteSource, { start, end }: ByteRange): AsyncGenerator<Uint8Array> {
  let length = LOOKAHEAD_BYTES;
  let read = { start, end: Math.min(end + length, source.sizeBytes) };
  while (read.start < read.end) {
    yield* source.read(read);
    length *= 2;
    read = { start: read.end, end: Math.min(read.end + length, source.sizeBytes) };
  }
}
