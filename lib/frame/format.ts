import type { ByteRange, ByteSource } from '../read/byte-source.ts';
import type { CsvSettings, FormatName, ParquetSettings } from '../recipe/formats.ts';
import type { FramedRecord, RecordRun } from './record.ts';

/** One way in which records are laid out in a file. */
export interface Format {
  readonly name: FormatName;
  /** Names of files that are most likely of this format, the suffix of a compression removed. */
  readonly fileNames: RegExp;
  /** Whether the first bytes (at most 64 KiB, decompressed) are of this format. Magic bytes are looked at before: lib/plan/magic.ts. */
  readonly looksLike: (head: Buffer) => boolean;
  /**
   * How a source is cut: `ranges` by arithmetic, `rows` by row groups, `stream` by reading it in order. A compressed
   * source is always read in order, and only a format with a cutter can be.
   */
  readonly cut: 'ranges' | 'rows' | 'stream';
  /**
   * Reads what a file says of itself as a whole, before anything is sent of it; absent where it says nothing.
   *
   * @throws {ReadError} whatever the source throws
   * @throws {FrameError} where no chunk of the file could be read
   */
  readonly check?: (source: ByteSource) => Promise<unknown>;
  /** Finds borders between records in a stream that is read in order; absent where that makes no sense. */
  readonly createCutter?: (options: CutterOptions) => Cutter;
  /**
   * The records of a chunk, in order; those that one read completes come together.
   *
   * @throws {ReadError} whatever the source throws
   * @throws {FrameError} where the file as a whole cannot be read with these settings
   */
  readonly frame: (source: ByteSource, options: FrameOptions) => AsyncGenerator<readonly FramedRecord[]>;
  /** The same records, kept together as they stand in the object wherever they can be sent like that. */
  readonly frameRuns?: (
    source: ByteSource,
    options: FrameOptions,
  ) => AsyncGenerator<readonly (FramedRecord | RecordRun)[]>;
}

/** Settings of the recipe that say how to read some format. */
export interface FormatOptions {
  /** Keys with dots between them that lead to the array of records; JSON only. */
  readonly recordsPath?: string | undefined;
  /** CSV and TSV only. */
  readonly csv: CsvSettings;
  /** Parquet only. */
  readonly parquet?: ParquetSettings | undefined;
}

export interface FrameOptions extends FormatOptions {
  /** Of the object; rows where `borders` is `rows`, else bytes. */
  readonly range: ByteRange;
  /**
   * `lines` and `records`: the range begins and ends at a border. `bytes`: it may begin and end inside a record.
   * `rows`: it counts rows.
   */
  readonly borders: 'lines' | 'bytes' | 'records' | 'rows';
  /** The object begins where the file begins. */
  readonly startsFile: boolean;
  /** The object ends where the file ends, so that what is unfinished there will never be finished. */
  readonly endsFile: boolean;
  /** The file is damaged there: what is unfinished at the end of the range may be part of more. */
  readonly breaksOff?: boolean | undefined;
  /** Longest record accepted, in bytes. */
  readonly recordBytesMax: number;
  /** Runs the framing of each piece that was read, so that it can be measured. */
  readonly measure?: (<T>(work: () => T) => T) | undefined;
  /** What the cutter's `header()` gave; a range from the middle of a file may not make sense without it. */
  readonly header?: unknown;
}

export interface CutterOptions extends FormatOptions {
  /** What another cutter's `state()` gave at a border, to go on from there; absent at the start of the file. */
  readonly state?: unknown;
}

/** Fed every byte of a stream once, in pieces of any size, from the start of the file or from a border. */
export interface Cutter {
  /**
   * Consumes `bytes` up to the first border at or behind index `from`.
   *
   * @returns the index of the border, which is that of the first byte not consumed; or -1 when all of `bytes` was
   *   consumed without one
   * @throws {FrameError} where the file as a whole cannot be read with these settings
   */
  advance(bytes: Buffer, from: number): number;
  /** What a sender must know of the beginning of the file to frame a chunk from its middle: small JSON. Undefined until the first border, and where nothing is needed. */
  header(): unknown;
  /** Plain JSON from which another cutter goes on. Only valid at a border. */
  state(): unknown;
}
