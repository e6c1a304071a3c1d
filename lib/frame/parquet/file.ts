import type { FileMetaData, RowGroup } from 'hyparquet';
import type { ByteSource } from '../../read/byte-source.ts';
import { readWhole } from '../../read/read-whole.ts';
import type { ParquetSettings } from '../../recipe/formats.ts';
import { FrameError } from '../frame-error.ts';
import { columnChunk } from './column-chunk.ts';
import { type Column, selectColumns } from './columns.ts';
import { corrupt, decoding } from './corrupt.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
/** Read from the end of a file first; holds the whole footer of most. */
const TAIL_BYTES = 512 * KiB;
/** Parsed, a footer takes some twenty times its length. */
const FOOTER_BYTES_MAX = 16 * MiB;
const MAGIC = 'PAR1';
const MAGIC_ENCRYPTED = 'PARE';
/** The length of the footer and the magic behind it. */
const TRAILER_BYTES = 8;
const FILE_BYTES_MIN = MAGIC.length + TRAILER_BYTES;

export type ParquetLibrary = typeof import('./library.ts');

/** A Parquet file of which the footer was read. */
export interface ParquetFile {
  readonly library: ParquetLibrary;
  readonly metadata: FileMetaData;
  /** Those that the recipe wants. */
  readonly columns: readonly Column[];
  readonly rowGroups: readonly RowGroupRows[];
}

/** A row group and its rows, counted from the first of the file. */
export interface RowGroupRows {
  readonly group: RowGroup;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads the footer and checks that all that the recipe wants of the file can be read.
 *
 * @throws {ReadError} `SOURCE_CORRUPT` where there is no whole footer, or whatever the source throws
 * @throws {FrameError} `PARQUET_UNSUPPORTED`, `PARQUET_COLUMN_MISSING`
 */
export const openParquet = async (source: ByteSource, settings: ParquetSettings): Promise<ParquetFile> => {
  const library = await import('./library.ts');
  const metadata = await readFooter(library, source);
  const columns = selectColumns(library, metadata, settings);
  if (columns.length === 0)
    throw new FrameError(
      'PARQUET_UNSUPPORTED',
      'The Parquet file has no columns: there is nothing to import.',
    );
  const rowGroups = rowGroupsOf(metadata);
  const leaves = columns.flatMap((column) => column.leaves);
  for (const { group } of rowGroups) for (const leaf of leaves) columnChunk(group, leaf);
  return { library, metadata, columns, rowGroups };
};

const rowGroupsOf = ({ row_groups }: FileMetaData): RowGroupRows[] => {
  let end = 0;
  return row_groups.map((group) => {
    const rows = Number(group.num_rows);
    if (!Number.isSafeInteger(end + rows) || rows < 0) throw corrupt(`a row group of ${rows} rows`);
    const start = end;
    end += rows;
    return { group, start, end };
  });
};

/** What the footer says, by one ranged read, or two if it is longer than 512 KiB. */
const readFooter = async (library: ParquetLibrary, source: ByteSource): Promise<FileMetaData> => {
  const { sizeBytes } = source;
  if (sizeBytes < FILE_BYTES_MIN) throw corrupt(`it has ${sizeBytes} bytes, fewer than any Parquet file`);
  const tailStart = Math.max(0, sizeBytes - TAIL_BYTES);
  const tail = await readWhole(source, { start: tailStart, end: sizeBytes });
  const footerBytes = footerLength(tail, sizeBytes);
  const start = sizeBytes - TRAILER_BYTES - footerBytes;
  const head = start < tailStart ? await readWhole(source, { start, end: tailStart }) : new Uint8Array(0);
  const footer = Buffer.concat([head, tail.subarray(Math.max(0, start - tailStart))]);
  return decoding('its footer', () => library.parquetMetadata(footer, { geoparquet: false }));
};

const footerLength = (tail: Uint8Array, sizeBytes: number): number => {
  const trailer = Buffer.from(tail.subarray(tail.length - TRAILER_BYTES));
  const magic = trailer.toString('latin1', TRAILER_BYTES - MAGIC.length);
  if (magic === MAGIC_ENCRYPTED) {
    throw new FrameError(
      'PARQUET_UNSUPPORTED',
      'The footer of the Parquet file is encrypted: drop a file that is not.',
    );
  }
  if (magic !== MAGIC) {
    throw corrupt(
      `it ends with ${JSON.stringify(magic)} instead of ${JSON.stringify(MAGIC)}, so its end is missing`,
    );
  }
  const footerBytes = trailer.readUInt32LE(0);
  const room = sizeBytes - FILE_BYTES_MIN;
  if (footerBytes > room) throw corrupt(`its footer should have ${footerBytes} bytes, but ${room} are there`);
  if (footerBytes > FOOTER_BYTES_MAX) {
    throw new FrameError(
      'PARQUET_UNSUPPORTED',
      `The footer of the Parquet file has ${footerBytes} bytes, more than the ${FOOTER_BYTES_MAX} that are read: write files with fewer columns or row groups.`,
    );
  }
  return footerBytes;
};
