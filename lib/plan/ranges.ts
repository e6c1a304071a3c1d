import type { ByteRange } from '../read/byte-source.ts';
import type { Tuning } from '../recipe/schema.ts';

const MiB = 1024 * 1024;
const CHUNK_BYTES_MIN = 4 * MiB;
const CHUNK_BYTES_MAX = 64 * MiB;
/** Chunks a worker gets, if the size allows, so that the last one to finish is not long alone. */
const CHUNKS_PER_WORKER = 4;

/** Bytes of a chunk: what the recipe says, else enough chunks for every worker within the bounds above. */
export const chunkBytesFor = (
  sizeBytes: number,
  { workers, chunkBytes }: Pick<Tuning, 'workers' | 'chunkBytes'>,
): number =>
  chunkBytes ??
  Math.min(CHUNK_BYTES_MAX, Math.max(CHUNK_BYTES_MIN, Math.ceil(sizeBytes / (workers * CHUNKS_PER_WORKER))));

/** Cuts `sizeBytes` into ranges of `chunkBytes`, without looking at a byte: every byte belongs to exactly one. */
export function* cutRanges(sizeBytes: number, chunkBytes: number): Generator<ByteRange> {
  for (let start = 0; start < sizeBytes; start += chunkBytes) {
    yield { start, end: Math.min(start + chunkBytes, sizeBytes) };
  }
}
