import type { ByteRange, ByteSource } from '../../read/byte-source.ts';
import { readWhole } from '../../read/read-whole.ts';
import { corrupt } from './corrupt.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
/** Ranges that have more bytes than this together are read one by one, when they are asked for. */
export const TOGETHER_BYTES_MAX = 32 * MiB;
/** Between two ranges that one read takes. */
const GAP_BYTES_MAX = 64 * KiB;
const RUN_BYTES_MAX = 8 * MiB;
const READS_MAX = 4;

type Read = (range: ByteRange) => Promise<Uint8Array>;

/**
 * How to read parts of `ranges`. Small ones are read at once, neighbours in one read, and held; the bytes of large
 * ones are read when they are asked for.
 *
 * @throws {ReadError} `SOURCE_CORRUPT` where a range is not inside the file, or whatever the source throws
 */
export const readTogether = async (source: ByteSource, ranges: readonly ByteRange[]): Promise<Read> => {
  let bytes = 0;
  for (const { start, end } of ranges) {
    if (!(start >= 0 && start <= end && end <= source.sizeBytes))
      throw corrupt(`bytes ${start} to ${end} of a file of ${source.sizeBytes}`);
    bytes += end - start;
  }
  const readNow: Read = (range) => readWhole(source, range);
  if (bytes > TOGETHER_BYTES_MAX) return readNow;
  const runs = await readRuns(joinNeighbours(ranges), readNow);
  return async (range) => {
    const run = runs.find(({ start, end }) => start <= range.start && range.end <= end);
    return run ? run.bytes.subarray(range.start - run.start, range.end - run.start) : readNow(range);
  };
};

const joinNeighbours = (ranges: readonly ByteRange[]): ByteRange[] => {
  const runs: { start: number; end: number }[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    const run = runs.at(-1);
    const joined = run && Math.max(run.end, end);
    if (run && joined && start - run.end <= GAP_BYTES_MAX && joined - run.start <= RUN_BYTES_MAX)
      run.end = joined;
    else runs.push({ start, end });
  }
  return runs;
};

const readRuns = async (runs: readonly ByteRange[], read: Read) => {
  const held: (ByteRange & { readonly bytes: Uint8Array })[] = [];
  for (let at = 0; at < runs.length; at += READS_MAX) {
    const some = runs.slice(at, at + READS_MAX);
    held.push(...(await Promise.all(some.map(async (run) => ({ ...run, bytes: await read(run) })))));
  }
  return held;
};
