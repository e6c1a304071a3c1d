import type { DecodedArray, RowGroup } from 'hyparquet';
import type { ByteRange, ByteSource } from '../../read/byte-source.ts';
import { createByteWindow } from './byte-window.ts';
import { columnBytes, columnChunk } from './column-chunk.ts';
import { type ColumnReader, createColumnReader } from './column-reader.ts';
import type { Column, Leaf } from './columns.ts';
import { decoding } from './corrupt.ts';
import type { ParquetFile, ParquetLibrary } from './file.ts';
import { type PageLocations, readPageLocations } from './page-locations.ts';
import { readTogether } from './read-together.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
/** What is read ahead of all columns together; each has an equal part. */
const WINDOWS_BYTES = 32 * MiB;
const WINDOW_BYTES_MIN = 64 * KiB;
const WINDOW_BYTES_MAX = 4 * MiB;
/** Columns that read at once. */
const READS_MAX = 16;

/** Rows `start` to `end` of one row group, counted from its own first row. */
export interface RowSpan {
  readonly group: RowGroup;
  readonly start: number;
  readonly end: number;
}

/** The rows of a span, in order. */
export interface SpanReader {
  /**
   * Reads until rows are there.
   *
   * @returns how many can be taken; 0 at the end of the span
   */
  fill(): Promise<number>;
  /** For each column, JSON text of its values in the next rows; undefined where a value is null. */
  take(rows: number): (string | undefined)[][];
}

/**
 * Reads all columns of a span side by side, holding one page of each.
 *
 * @throws {ReadError} `SOURCE_CORRUPT`, or whatever the source throws
 * @throws {FrameError} `PARQUET_UNSUPPORTED`
 */
export const openSpan = async (
  source: ByteSource,
  { library, columns }: ParquetFile,
  { group, start, end }: RowSpan,
): Promise<SpanReader> => {
  const openLeaf = await leafOpener(source, library, columns, { group, start, end });
  const open = columns.map((column) => ({ column, readers: column.leaves.map(openLeaf) }));
  const readers = open.flatMap((each) => each.readers);
  let row = start;
  return {
    async fill() {
      if (row >= end) return 0;
      const empty = readers.filter((reader) => reader.rowsHeld() < 1);
      for (let at = 0; at < empty.length; at += READS_MAX)
        await Promise.all(empty.slice(at, at + READS_MAX).map((reader) => reader.fill()));
      return readers.reduce((rows, reader) => Math.min(rows, reader.rowsHeld()), end - row);
    },
    take(rows) {
      row += rows;
      return open.map(({ column, readers }) =>
        decoding(`column ${JSON.stringify(column.name)}`, () => textsOf(library, column, readers, rows)),
      );
    },
  };
};

const leafOpener = async (
  source: ByteSource,
  library: ParquetLibrary,
  columns: readonly Column[],
  { group, start, end }: RowSpan,
): Promise<(leaf: Leaf) => ColumnReader> => {
  const leaves = columns.flatMap((column) => column.leaves);
  const rowCount = Number(group.num_rows);
  const isPart = start > 0 || end < rowCount;
  const locations = isPart ? await readPageLocations(source, library, group, leaves) : undefined;
  const needed = new Map(
    leaves.map((leaf) => [leaf, neededBytes(group, leaf, locations?.get(leaf), { start, end })]),
  );
  const read = await readTogether(
    source,
    [...needed.values()].flatMap(({ ranges }) => ranges),
  );
  const share = Math.floor(WINDOWS_BYTES / leaves.length);
  const windowBytes = Math.min(WINDOW_BYTES_MAX, Math.max(WINDOW_BYTES_MIN, share));
  return (leaf) => {
    const { ranges, startRow } = needed.get(leaf)!;
    return createColumnReader({
      library,
      leaf,
      metadata: columnChunk(group, leaf),
      window: createByteWindow(read, ranges, windowBytes),
      rowCount,
      startRow,
      firstRow: start,
    });
  };
};

/** The bytes of a column that hold some rows: with an index, its dictionary and the pages that are needed; else all. */
const neededBytes = (
  group: RowGroup,
  leaf: Leaf,
  pages: PageLocations | undefined,
  rows: Pick<RowSpan, 'start' | 'end'>,
): { readonly ranges: ByteRange[]; readonly startRow: number } => {
  const column = columnBytes(columnChunk(group, leaf));
  const first = pages?.findLast(({ first_row_index }) => Number(first_row_index) <= rows.start);
  const behind = pages?.find(({ first_row_index }) => Number(first_row_index) >= rows.end);
  if (!pages || !first) return { ranges: [column], startRow: 0 };
  const dictionary = { start: column.start, end: Number(pages[0]!.offset) };
  const needed = { start: Number(first.offset), end: behind ? Number(behind.offset) : column.end };
  return { ranges: [dictionary, needed], startRow: Number(first.first_row_index) };
};

const textsOf = (
  { assembleNested, DEFAULT_PARSERS }: ParquetLibrary,
  { tree, write, leaves }: Column,
  readers: readonly ColumnReader[],
  rows: number,
): (string | undefined)[] => {
  const values = new Map<string, DecodedArray>();
  for (const [index, leaf] of leaves.entries())
    values.set(leaf.schemaPath.at(-1)!.path.join('.'), readers[index]!.take(rows));
  if (tree.children.length > 0) assembleNested(values, tree, DEFAULT_PARSERS);
  return Array.from(values.get(tree.path.join('.')) ?? [], write);
};
