import { crc32 } from 'node:zlib';
import type { DecodedArray, PageHeader } from 'hyparquet';
import { FrameError } from '../frame-error.ts';
import { printPlain } from '../json-text.ts';
import { decompressorOf } from './codecs.ts';
import type { KnownColumn } from './column-chunk.ts';
import type { Leaf } from './columns.ts';
import type { ParquetLibrary } from './file.ts';
import { checkPage } from './runs.ts';

const MiB = 1024 * 1024;
/** The largest that a common writer makes is 100 MB (DuckDB); usual is 1 MiB. */
const PAGE_BYTES_MAX = 128 * MiB;
const PAGE_VALUES_MAX = 4_000_000;

type DataHeader = NonNullable<PageHeader['data_page_header']> & { readonly rows?: number };
type DataHeader2 = NonNullable<PageHeader['data_page_header_v2']>;

export interface PageDecoder {
  /** Takes in a dictionary, or gives the values of a data page, appended to `carried` where a row may span pages. */
  decode(header: PageHeader, bytes: Uint8Array, carried: unknown[] | undefined): DecodedArray | undefined;
}

/** Makes values of the pages of one column chunk, given in order. @throws {FrameError | Error} */
export const createPageDecoder = (
  library: ParquetLibrary,
  leaf: Leaf,
  { codec, type }: KnownColumn,
): PageDecoder => {
  const decompress = decompressorOf(library, codec);
  const parsers = { ...library.DEFAULT_PARSERS, ...(leaf.print && { dateFromDays: leaf.print as never }) };
  const element = leaf.schemaPath.at(-1)!.element;
  const decoder = {
    pathInSchema: [],
    type,
    element,
    schemaPath: leaf.schemaPath,
    codec: 'UNCOMPRESSED' as const,
    parsers,
    utf8: false,
  };
  let dictionary: DecodedArray | undefined;

  const read = (header: PageHeader, body: Uint8Array, carried: unknown[] | undefined) => {
    const reader = { view: new DataView(body.buffer, body.byteOffset, body.byteLength), offset: 0 };
    return library.readPage(reader, header, decoder, dictionary, carried, 0).data;
  };

  return {
    decode(header, bytes, carried) {
      checkSizes(header, bytes);
      const [plainHeader, body] = decompressed(header, bytes, decompress);
      const layout = layoutOf(plainHeader, leaf);
      if (layout) {
        checkPage(body, layout);
        return read(plainHeader, body, carried);
      }
      const values = read(plainHeader, body, undefined);
      if (header.type === 'DICTIONARY_PAGE' && values)
        dictionary = toTexts(library.convert(values, decoder), leaf);
      return undefined;
    },
  };
};

/** What many rows share is made a text once. */
const toTexts = (values: DecodedArray, { print, isInVariant }: Leaf): DecodedArray =>
  print || isInVariant ? values : Array.from<number | bigint | boolean, string>(values, printPlain);

/** @throws {FrameError} `PARQUET_UNSUPPORTED` where a page is too large to be held */
const checkSizes = ({ crc, uncompressed_page_size, ...header }: PageHeader, bytes: Uint8Array): void => {
  const values =
    header.data_page_header?.num_values ??
    header.data_page_header_v2?.num_values ??
    header.dictionary_page_header?.num_values ??
    0;
  if (uncompressed_page_size > PAGE_BYTES_MAX || values > PAGE_VALUES_MAX) {
    throw new FrameError(
      'PARQUET_UNSUPPORTED',
      `A page of the Parquet file has ${values} values in ${uncompressed_page_size} bytes; at most ${PAGE_VALUES_MAX} in ${PAGE_BYTES_MAX} are read: write it with smaller pages.`,
    );
  }
  if (crc !== undefined && crc32(bytes) !== crc >>> 0)
    throw new Error('the checksum of a page does not match');
};

/** The same page as if it had never been compressed, with all lengths to match. */
const decompressed = (
  header: PageHeader,
  bytes: Uint8Array,
  decompress: ReturnType<typeof decompressorOf>,
): [PageHeader, Uint8Array] => {
  const page2 = header.data_page_header_v2;
  const levelBytes = page2 ? page2.repetition_levels_byte_length + page2.definition_levels_byte_length : 0;
  if (levelBytes > bytes.length)
    throw new Error(`levels of ${levelBytes} bytes in a page of ${bytes.length}`);
  const data = bytes.subarray(levelBytes);
  const dataBytes = header.uncompressed_page_size - levelBytes;
  const isCompressed = page2?.is_compressed !== false && dataBytes > 0;
  const plain = isCompressed ? decompress(data, dataBytes) : data;
  if (isCompressed && plain.length !== dataBytes)
    throw new Error(`a page of ${plain.length} bytes that says ${dataBytes}`);
  // Indexes of no values are still expected to begin with their width.
  const body = Buffer.concat([bytes.subarray(0, levelBytes), plain.length === 0 ? Buffer.alloc(1) : plain]);
  const sizes = { compressed_page_size: body.length, uncompressed_page_size: body.length };
  return [
    { ...header, ...sizes, ...(page2 && { data_page_header_v2: { ...page2, is_compressed: false } }) },
    body,
  ];
};

/** @returns undefined for what is no data page */
const layoutOf = ({ data_page_header, data_page_header_v2 }: PageHeader, leaf: Leaf) => {
  const header: DataHeader | DataHeader2 | undefined = data_page_header ?? data_page_header_v2;
  if (!header) return undefined;
  const { encoding, num_values } = header;
  const repetitions = leaf.schemaPath.map(({ element }) => element.repetition_type);
  const repeated = repetitions.filter((each) => each === 'REPEATED').length;
  const defined = repetitions.slice(1).filter((each) => each !== 'REQUIRED').length;
  return {
    valueCount: num_values,
    encoding,
    isBoolean: leaf.element.type === 'BOOLEAN',
    repetitionBits: 32 - Math.clz32(repeated),
    definitionBits: 32 - Math.clz32(defined),
    levelBytes: data_page_header_v2 && {
      repetition: data_page_header_v2.repetition_levels_byte_length,
      definition: data_page_header_v2.definition_levels_byte_length,
    },
  };
};
