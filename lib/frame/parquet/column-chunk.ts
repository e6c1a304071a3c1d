import type { ColumnMetaData, RowGroup } from 'hyparquet';
import type { ByteRange } from '../../read/byte-source.ts';
import { FrameError } from '../frame-error.ts';
import { isKnownCodec, type ParquetCodec } from './codecs.ts';
import type { Leaf } from './columns.ts';
import { corrupt } from './corrupt.ts';

export type KnownColumn = ColumnMetaData & { readonly codec: ParquetCodec };

/**
 * What a row group says about its part of a column.
 *
 * @throws {FrameError} `PARQUET_UNSUPPORTED` where it is encrypted, elsewhere, or of an unknown codec
 * @throws {ReadError} `SOURCE_CORRUPT` where it is not that column's
 */
export const columnChunk = (group: RowGroup, { index, path }: Leaf): KnownColumn => {
  const name = JSON.stringify(path.join('.'));
  const chunk = group.columns[index];
  if (!chunk) throw corrupt(`a row group lacks column ${name}`);
  if (chunk.crypto_metadata || chunk.encrypted_column_metadata)
    throw unsupported(`Column ${name} is encrypted: write it without encryption.`);
  if (chunk.file_path)
    throw unsupported(`Column ${name} is in another file: write all columns into one file.`);
  const { meta_data } = chunk;
  if (meta_data?.path_in_schema?.join('.') !== path.join('.'))
    throw corrupt(`a row group has something else in place of column ${name}`);
  const { codec } = meta_data;
  if (!isKnownCodec(codec))
    throw unsupported(
      `Column ${name} is compressed with ${codec ?? 'an unknown codec'}: write it with SNAPPY, GZIP, ZSTD, BROTLI, LZ4_RAW or none.`,
    );
  return { ...meta_data, codec };
};

/** Where its pages are, the dictionary first. Some writers do not say that there is one. */
export const columnBytes = (metadata: ColumnMetaData): ByteRange => {
  const { dictionary_page_offset, data_page_offset, total_compressed_size } = metadata;
  const start = Number(dictionary_page_offset || data_page_offset);
  return { start, end: start + Number(total_compressed_size) };
};

const unsupported = (message: string): FrameError =>
  new FrameError('PARQUET_UNSUPPORTED', `The Parquet file cannot be read. ${message}`);
