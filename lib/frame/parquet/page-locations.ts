import type { OffsetIndex, RowGroup } from 'hyparquet';
import type { ByteRange, ByteSource } from '../../read/byte-source.ts';
import type { Leaf } from './columns.ts';
import { corrupt, decoding } from './corrupt.ts';
import type { ParquetLibrary } from './file.ts';
import { readTogether } from './read-together.ts';

const INDEX_BYTES_MAX = 4 * 1024 * 1024;

export type PageLocations = OffsetIndex['page_locations'];

/**
 * Where the pages of columns are, for those that the file has an index of.
 *
 * @throws {ReadError} `SOURCE_CORRUPT` where an index makes no sense, or whatever the source throws
 */
export const readPageLocations = async (
  source: ByteSource,
  { readOffsetIndex }: ParquetLibrary,
  group: RowGroup,
  leaves: readonly Leaf[],
): Promise<Map<Leaf, PageLocations>> => {
  const indexed = leaves.flatMap((leaf) => {
    const range = indexRange(group, leaf);
    return range ? [{ leaf, range }] : [];
  });
  const read = await readTogether(
    source,
    indexed.map(({ range }) => range),
  );
  const locations = new Map<Leaf, PageLocations>();
  for (const { leaf, range } of indexed) {
    const bytes = await read(range);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const where = `the index of column ${JSON.stringify(leaf.path.join('.'))}`;
    const pages = decoding(where, () => readOffsetIndex({ view, offset: 0 }).page_locations);
    if (!areInOrder(pages)) throw corrupt(`${where} is not in order`);
    if (pages.length > 0) locations.set(leaf, pages);
  }
  return locations;
};

/** Whether the file says where the pages of this column are. */
export const isIndexed = (group: RowGroup, leaf: Leaf): boolean => indexRange(group, leaf) !== undefined;

const indexRange = (group: RowGroup, { index }: Leaf): ByteRange | undefined => {
  const { offset_index_offset: offset, offset_index_length: length } = group.columns[index] ?? {};
  if (!offset || !length || length < 0 || length > INDEX_BYTES_MAX) return undefined;
  return { start: Number(offset), end: Number(offset) + length };
};

const areInOrder = (pages: PageLocations): boolean =>
  pages.every(
    ({ offset, first_row_index }, index) =>
      typeof offset === 'bigint' &&
      typeof first_row_index === 'bigint' &&
      first_row_index >= (index === 0 ? 0n : pages[index - 1]!.first_row_index) &&
      offset > (index === 0 ? 0n : pages[index - 1]!.offset),
  );
