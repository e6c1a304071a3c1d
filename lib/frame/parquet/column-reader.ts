import type { DecodedArray, PageHeader } from 'hyparquet';
import type { ByteWindow } from './byte-window.ts';
import type { KnownColumn } from './column-chunk.ts';
import type { Leaf } from './columns.ts';
import { corrupt, decoding } from './corrupt.ts';
import type { ParquetLibrary } from './file.ts';
import { createPageDecoder } from './page.ts';
import { readPageHeader } from './page-header.ts';

export interface ColumnReaderOptions {
  readonly library: ParquetLibrary;
  readonly leaf: Leaf;
  readonly metadata: KnownColumn;
  /** The bytes of the column chunk: its dictionary if it has one, and its pages from `startRow` on. */
  readonly window: ByteWindow;
  /** Of the row group. */
  readonly rowCount: number;
  /** The first row that the pages hold, and the first that is wanted; counted from the start of the row group. */
  readonly startRow: number;
  readonly firstRow: number;
}

/** One column chunk, a page at a time. */
export interface ColumnReader {
  /**
   * Reads until a whole row is there to take.
   *
   * @throws {ReadError} `SOURCE_CORRUPT` where the column is broken or ends early, or whatever the source throws
   * @throws {FrameError} `PARQUET_UNSUPPORTED` where a page is too large to be held
   */
  fill(): Promise<void>;
  /** Whole rows that are there to take. */
  rowsHeld(): number;
  /** One value a row; several in an array where the column repeats. */
  take(rows: number): DecodedArray;
}

export const createColumnReader = (options: ColumnReaderOptions): ColumnReader => {
  const { library, leaf, metadata, window, rowCount } = options;
  const where = `column ${JSON.stringify(leaf.path.join('.'))}`;
  const decoder = decoding(where, () => createPageDecoder(library, leaf, metadata));
  let values: DecodedArray = [];
  let at = 0;
  /** Rows to pass over yet, and rows in the pages seen so far. */
  let toSkip = options.firstRow - options.startRow;
  let rowsSeen = options.startRow;

  const rowsHeld = (): number => values.length - at - (leaf.isRepeated && window.bytesLeft() > 1 ? 1 : 0);

  const passOver = (): void => {
    const rows = Math.min(toSkip, Math.max(0, rowsHeld()));
    at += rows;
    toSkip -= rows;
  };

  const readPage = async (): Promise<void> => {
    const header = await readPageHeader(library, window, where);
    const bytes = header.compressed_page_size;
    if (bytes > window.bytesLeft())
      throw corrupt(`${where}: a page of ${bytes} bytes where ${window.bytesLeft()} are left`);
    const rows = rowsOf(header);
    if (rows !== undefined && rows > rowCount - rowsSeen)
      throw corrupt(`${where}: more rows than the ${rowCount} of its row group`);
    rowsSeen += rows ?? 0;
    const isPassedOver = rows !== undefined && rows <= toSkip && at === values.length;
    if (isPassedOver) toSkip -= rows;
    else await decodePage(header, bytes);
    window.skip(bytes);
  };

  /** Where a row has one value, or the header counts rows. */
  const rowsOf = ({ data_page_header, data_page_header_v2 }: PageHeader): number | undefined => {
    if (data_page_header_v2) return data_page_header_v2.num_rows;
    return leaf.isRepeated ? undefined : data_page_header?.num_values;
  };

  const decodePage = async (header: PageHeader, bytes: number): Promise<void> => {
    const body = await window.peek(bytes);
    const isEmpty = (header.data_page_header ?? header.data_page_header_v2)?.num_values === 0;
    if (isEmpty) return;
    const carried = leaf.isRepeated ? Array.from(values.slice(at)) : undefined;
    const decoded = decoding(where, () => decoder.decode(header, body, carried));
    if (!decoded) return;
    values = decoded;
    at = 0;
  };

  const fill = async (): Promise<void> => {
    for (passOver(); rowsHeld() < 1; passOver()) {
      if (window.bytesLeft() <= 1) throw corrupt(`${where} ends before the last row of its row group`);
      await readPage();
    }
  };

  const take = (rows: number): DecodedArray => {
    const taken = values.slice(at, at + rows);
    at += rows;
    return taken;
  };

  return { fill, rowsHeld, take };
};
