import type { Source } from './chunk.ts';
import { PlanError } from './plan-error.ts';

const MiB = 1024 * 1024;

/** How far reading a source has come. */
export interface ReadPace {
  readonly compressedBytesRead: number;
  readonly elapsedMs: number;
  /** Of the source, or of what is left of it where reading began at a border. */
  readonly sizeBytes: number;
}

/** How long reading all of the source takes at the pace so far. */
export const projectedMs = ({ compressedBytesRead, elapsedMs, sizeBytes }: ReadPace): number =>
  compressedBytesRead === 0 ? Number.POSITIVE_INFINITY : (elapsedMs * sizeBytes) / compressedBytesRead;

/** Before both of these are reached, a pace says more about how reading began than about how it goes on. */
const JUDGED_BYTES_MIN = 4 * MiB;
const JUDGED_SHARE_MIN = 0.05;
/** Share of the time by which a verdict must be given, whatever is known. */
const DECIDED_SHARE = 0.25;
/** A pace changes by no more than this factor, so what is this far off needs no second look. */
const MARGIN = 1.25;

export type ReadVerdict = 'unclear' | 'fits' | 'too-slow';

/**
 * Whether a stream without borders, such as gzip of one member, can be read through in `usableMs`. While it is
 * `unclear`, what was read may be stored but not sent, so that a source that is `too-slow` leaves nothing behind.
 * It is clear at the latest after a quarter of the time.
 */
export const readVerdict = (pace: ReadPace, usableMs: number): ReadVerdict => {
  if (pace.compressedBytesRead >= pace.sizeBytes) return 'fits';
  const neededMs = projectedMs(pace);
  if (pace.elapsedMs >= usableMs * DECIDED_SHARE) return neededMs > usableMs ? 'too-slow' : 'fits';
  if (pace.compressedBytesRead < JUDGED_BYTES_MIN || pace.elapsedMs < usableMs * JUDGED_SHARE_MIN)
    return 'unclear';
  if (neededMs > usableMs * MARGIN) return 'too-slow';
  return neededMs * MARGIN < usableMs ? 'fits' : 'unclear';
};

/** Why a source whose verdict is `too-slow` is not imported, and what to do instead. */
export const tooSlowToRead = (
  { uri, compression }: Pick<Source, 'uri' | 'compression'>,
  pace: ReadPace,
  usableMs: number,
): PlanError => {
  const instead =
    compression === 'tar.gz'
      ? 'Drop its files, or a zip of them, which is read file by file.'
      : 'Drop it uncompressed, in smaller files, or compressed in parts: "bgzip", or gzip of each part and "cat" of the results, give one file that can be continued.';
  return new PlanError(
    'SOURCE_TOO_SLOW',
    `${uri} is one compressed stream of ${paceText(pace, usableMs)} Nothing was sent. ${instead}`,
  );
};

/** The same for an entry of an archive. */
export const entryTooSlow = (
  { uri, entry }: { readonly uri: string; readonly entry: string },
  pace: ReadPace,
  usableMs: number,
): PlanError =>
  new PlanError(
    'SOURCE_TOO_SLOW',
    `The entry "${entry}" of ${uri} has ${paceText(pace, usableMs)} Nothing of it was sent; entries before it are imported, those behind it are not. Drop its contents as a file of their own, and the others in another archive.`,
  );

const paceText = (pace: ReadPace, usableMs: number): string => {
  const { compressedBytesRead, elapsedMs, sizeBytes } = pace;
  const mbPerSecond = (compressedBytesRead / Math.max(elapsedMs, 1) / 1_000).toFixed(1);
  return `${sizeBytes} bytes, which must be read from the first to the last in one go. At the measured ${mbPerSecond} MB/s that takes ${seconds(projectedMs(pace))} s, and ${seconds(usableMs)} s are given.`;
};

const seconds = (ms: number): number => Math.ceil(ms / 1_000);
