import { columnChunk, type KnownColumn } from './column-chunk.ts';
import type { Leaf } from './columns.ts';
import type { ParquetFile, RowGroupRows } from './file.ts';
import { TOGETHER_BYTES_MAX } from './read-together.ts';

/** Of a page, where the footer does not count them: what most writers aim at. */
const PAGE_BYTES_GUESSED = 1024 * 1024;

/** What is held of a file while its rows are read, at most. */
export interface Footprint {
  /** In the pages that are decoded, one of each column. */
  readonly values: number;
  /** Columns as they are stored. */
  readonly bytes: number;
}

/** What the footer tells of that: in tables of many columns or large row groups it is more than the records are. */
export const footprintOf = ({ rowGroups, columns }: ParquetFile): Footprint => {
  const leaves = columns.flatMap((column) => column.leaves);
  const each = rowGroups.map((rowGroup) => footprintOfGroup(rowGroup, leaves));
  return each.reduce(
    (most, { values, bytes }) => ({
      values: Math.max(most.values, values),
      bytes: Math.max(most.bytes, bytes),
    }),
    { values: 0, bytes: 0 },
  );
};

const footprintOfGroup = ({ group }: RowGroupRows, leaves: readonly Leaf[]): Footprint => {
  let values = 0;
  let bytes = 0;
  for (const leaf of leaves) {
    const chunk = columnChunk(group, leaf);
    values += Math.ceil(Number(chunk.num_values) / pagesOf(chunk));
    bytes += Number(chunk.total_compressed_size);
  }
  return { values, bytes: Math.min(TOGETHER_BYTES_MAX, bytes) };
};

const pagesOf = ({ encoding_stats = [], total_uncompressed_size }: KnownColumn): number => {
  const counted = encoding_stats
    .filter(({ page_type }) => page_type !== 'DICTIONARY_PAGE')
    .reduce((sum, { count }) => sum + count, 0);
  return Math.max(1, counted || Math.ceil(Number(total_uncompressed_size) / PAGE_BYTES_GUESSED));
};
