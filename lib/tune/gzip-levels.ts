import { gzipSync } from 'node:zlib';

export const GZIP_LEVELS = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/**
 * What one vCPU compresses in a second at each level, in MB of event JSON: zlib of Node 24, rounded down from
 * measurements on events of 200 B to 7 KB.
 */
export const GZIP_MEGABYTES_PER_SECOND: Readonly<Record<number, number>> = {
  1: 80,
  2: 70,
  3: 55,
  4: 50,
  5: 38,
  6: 26,
  7: 21,
  8: 10,
  9: 9,
};

const MB = 1_000_000;
/** Of a larger body, the beginning is compressed: gzip looks back 32 KiB only, so more tells nothing new. */
const RATIO_BYTES_MAX = 512 * 1024;
const MEASURED_BYTES_MAX = 2 * MB;
/** The fastest of several runs counts; they go on for this long, within these bounds. */
const MEASURED_MS = 20;
const RUNS_MIN = 3;
const RUNS_MAX = 50;

export interface GzipLevel {
  readonly level: number;
  /** Uncompressed bytes per compressed byte. */
  readonly ratio: number;
  /** Of one core, in uncompressed megabytes. */
  readonly megabytesPerSecond: number;
}

/** What each level makes of a body, with the speeds of the table: the same for the same body, always. */
export const gzipLevels = (body: Buffer): GzipLevel[] => {
  const beginning = body.subarray(0, RATIO_BYTES_MAX);
  return GZIP_LEVELS.map((level) => ({
    level,
    ratio: ratioOf(beginning, gzipSync(beginning, { level })),
    megabytesPerSecond: GZIP_MEGABYTES_PER_SECOND[level]!,
  }));
};

/**
 * As {@link gzipLevels}, with the speeds of this machine.
 *
 * @param now milliseconds of CPU time, so that what else the machine does hardly counts
 */
export const measureGzipLevels = (body: Buffer, now: () => number): GzipLevel[] => {
  const measured = body.subarray(0, MEASURED_BYTES_MAX);
  return measured.length === 0 ? gzipLevels(body) : GZIP_LEVELS.map((level) => measure(measured, level, now));
};

const measure = (body: Buffer, level: number, now: () => number): GzipLevel => {
  const ratio = ratioOf(body, gzipSync(body, { level }));
  const startedMs = now();
  let fastestMs = Number.POSITIVE_INFINITY;
  for (let runs = 0; runs < RUNS_MIN || (now() - startedMs < MEASURED_MS && runs < RUNS_MAX); runs++) {
    const runMs = now();
    gzipSync(body, { level });
    fastestMs = Math.min(fastestMs, now() - runMs);
  }
  return { level, ratio, megabytesPerSecond: body.length / MB / (Math.max(fastestMs, 0.001) / 1_000) };
};

const ratioOf = (body: Buffer, compressed: Buffer): number =>
  body.length === 0 ? 1 : body.length / compressed.length;
