import type { PageHeader } from 'hyparquet';
import type { ByteWindow } from './byte-window.ts';
import { corrupt } from './corrupt.ts';
import type { ParquetLibrary } from './file.ts';

const KiB = 1024;
/** A header has some tens of bytes, more if it holds statistics. */
const HEADER_BYTES = 4 * KiB;
const HEADER_BYTES_MAX = 1024 * KiB;

/**
 * Reads the header that comes next and goes on to the bytes of its page.
 *
 * @param where to say in errors
 * @throws {ReadError} `SOURCE_CORRUPT`, or whatever the source throws
 */
export const readPageHeader = async (
  library: ParquetLibrary,
  window: ByteWindow,
  where: string,
): Promise<PageHeader> => {
  for (let bytes = HEADER_BYTES; ; bytes *= 8) {
    const head = await window.peek(bytes);
    const reader = { view: new DataView(head.buffer, head.byteOffset, head.byteLength), offset: 0 };
    try {
      const header = library.parquetHeader(reader);
      checkCounts(header);
      window.skip(reader.offset);
      return header;
    } catch (error) {
      // It may only be longer than what was read of it.
      if (head.length < bytes || bytes > HEADER_BYTES_MAX)
        throw corrupt(`${where}: the header of a page`, error);
    }
  }
};

/** Thrift says the type of each number anew. @throws {Error} where one is missing or no count */
const checkCounts = (header: PageHeader): void => {
  const { data_page_header: data, data_page_header_v2: data2, dictionary_page_header: dictionary } = header;
  const counts = [
    header.uncompressed_page_size,
    header.compressed_page_size,
    (data ?? data2 ?? dictionary)?.num_values ?? 0,
    ...(data2
      ? [
          data2.num_rows,
          data2.num_nulls,
          data2.repetition_levels_byte_length,
          data2.definition_levels_byte_length,
        ]
      : []),
  ];
  if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0))
    throw new Error('the header of a page has a count that is none');
};
