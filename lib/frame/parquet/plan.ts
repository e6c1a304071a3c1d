import type { ByteRange, ByteSource } from '../../read/byte-source.ts';
import type { ParquetSettings } from '../../recipe/formats.ts';
import { columnChunk } from './column-chunk.ts';
import type { Leaf } from './columns.ts';
import { openParquet, type ParquetFile, type RowGroupRows } from './file.ts';
import { type Footprint, footprintOf } from './footprint.ts';
import { isIndexed } from './page-locations.ts';

/** A chunk may be this much larger than asked for, rather than leave a small one behind. */
const OVERSIZE_MAX = 1.5;
/** Columns without an index are read from the start of their row group by each of its chunks. Up to this, that is cheap ... */
const UNINDEXED_BYTES_FREE = 8 * 1024 * 1024;
/** ... but beyond it, a row group becomes no more chunks than this. */
const UNINDEXED_CHUNKS_MAX = 4;
/** Of a text in a dictionary, which the footer does not tell. */
const TEXT_BYTES_GUESSED = 16;
/** JSON text of a value, its quotes included, by what the column holds. */
const VALUE_BYTES = { BOOLEAN: 5, INT32: 6, INT64: 14, INT96: 28, FLOAT: 10, DOUBLE: 12 } as const;

export interface ParquetPlan {
  readonly rows: number;
  readonly rowGroups: number;
  /** Names of the columns that are read, in the order of the file. */
  readonly columns: readonly string[];
  /** JSON text of a record, guessed from the footer. */
  readonly recordBytesGuessed: number;
  readonly footprint: Footprint;
  /** Rows of each chunk, half-open, in order and without gaps. */
  readonly chunks: readonly ByteRange[];
}

export interface PlanOptions {
  readonly settings: ParquetSettings;
  /** What a chunk should come to, as JSON text, where all of the file comes to `jsonBytes`. */
  readonly chunkBytesFor: (jsonBytes: number) => number;
}

/**
 * Cuts a Parquet file into row ranges, by its footer alone: one row group, several small ones, or a part of a large
 * one.
 *
 * @throws {ReadError} `SOURCE_CORRUPT` where there is no whole footer, or whatever the source throws
 * @throws {FrameError} `PARQUET_UNSUPPORTED`, `PARQUET_COLUMN_MISSING`
 */
export const planRowGroups = async (
  source: ByteSource,
  { settings, chunkBytesFor }: PlanOptions,
): Promise<ParquetPlan> => {
  const file = await openParquet(source, settings);
  const recordBytesGuessed = guessRecordBytes(file);
  const rows = file.rowGroups.at(-1)?.end ?? 0;
  const chunkBytes = chunkBytesFor(rows * recordBytesGuessed);
  const rowsWanted = Math.max(1, Math.floor(chunkBytes / recordBytesGuessed));
  return {
    rows,
    rowGroups: file.rowGroups.length,
    columns: file.columns.map(({ name }) => name),
    recordBytesGuessed,
    footprint: footprintOf(file),
    chunks: [...cutRows(file, rowsWanted)],
  };
};

function* cutRows({ rowGroups, columns }: ParquetFile, rowsWanted: number): Generator<ByteRange> {
  const leaves = columns.flatMap((column) => column.leaves);
  let start = 0;
  let end = 0;
  for (const rowGroup of rowGroups) {
    const isLarge = rowGroup.end - rowGroup.start > rowsWanted * OVERSIZE_MAX;
    if (end > start && (isLarge || rowGroup.end - start > rowsWanted * OVERSIZE_MAX)) {
      yield { start, end };
      start = end;
    }
    if (isLarge) {
      yield* cutEvenly(rowGroup, partsOf(rowGroup, leaves, rowsWanted));
      start = rowGroup.end;
    }
    end = rowGroup.end;
    if (end - start >= rowsWanted) {
      yield { start, end };
      start = end;
    }
  }
  if (end > start) yield { start, end };
}

const partsOf = (
  { group, start, end }: RowGroupRows,
  leaves: readonly Leaf[],
  rowsWanted: number,
): number => {
  const parts = Math.ceil((end - start) / rowsWanted);
  const unindexedBytes = leaves
    .filter((leaf) => !isIndexed(group, leaf))
    .reduce((sum, leaf) => sum + Number(columnChunk(group, leaf).total_compressed_size), 0);
  return unindexedBytes <= UNINDEXED_BYTES_FREE ? parts : Math.min(parts, UNINDEXED_CHUNKS_MAX);
};

function* cutEvenly({ start, end }: ByteRange, parts: number): Generator<ByteRange> {
  const border = (part: number): number => start + Math.floor(((end - start) * part) / parts);
  for (let part = 0; part < parts; part++) yield { start: border(part), end: border(part + 1) };
}

const guessRecordBytes = ({ columns, rowGroups }: ParquetFile): number => {
  const rows = rowGroups.at(-1)?.end ?? 0;
  const bytes = columns
    .flatMap(({ leaves }) => leaves)
    .reduce((sum, leaf) => sum + leafBytes(leaf, rowGroups), 0);
  return '{}'.length + Math.ceil(rows === 0 ? 0 : bytes / rows);
};

/** JSON text of all values of a leaf, with their keys. */
const leafBytes = (leaf: Leaf, rowGroups: readonly RowGroupRows[]): number => {
  const keyBytes = '"":,'.length + Buffer.byteLength(leaf.path.at(-1)!);
  return rowGroups.reduce((sum, { group }) => {
    const chunk = columnChunk(group, leaf);
    const values = Number(chunk.num_values);
    return sum + values * keyBytes + valueBytes(leaf, chunk, values);
  }, 0);
};

const valueBytes = (
  { element }: Leaf,
  { size_statistics, encodings, total_uncompressed_size }: ReturnType<typeof columnChunk>,
  values: number,
): number => {
  const { type, type_length = 16 } = element;
  if (type === 'FIXED_LEN_BYTE_ARRAY') return values * type_length * 2;
  if (type !== 'BYTE_ARRAY') return values * VALUE_BYTES[type ?? 'DOUBLE'];
  const written = size_statistics?.unencoded_byte_array_data_bytes;
  if (written !== undefined) return Number(written) + values * '""'.length;
  const hasDictionary = encodings.some((encoding) => encoding.endsWith('_DICTIONARY'));
  return hasDictionary ? values * TEXT_BYTES_GUESSED : Number(total_uncompressed_size);
};
