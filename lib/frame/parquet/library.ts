/**
 * What is used of hyparquet, in a module of its own that only a Parquet file loads. The functions below its
 * public ones read one page at a time, so that memory does not grow with the row group.
 */
export { parquetMetadata, parquetSchema, readOffsetIndex } from 'hyparquet';
export { assembleNested } from 'hyparquet/src/assemble.js';
export { parquetHeader, readPage } from 'hyparquet/src/column.js';
export { convert, DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
export { decompressLz4, decompressLz4Raw } from 'hyparquet-compressors/src/lz4.js';
