import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { type FileMetaData, parquetMetadata, type SchemaElement } from 'hyparquet';
import { ByteWriter, parquetWriteBuffer } from 'hyparquet-writer';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import type { FrameOptions } from '../../../lib/frame/format.ts';
import { parquet } from '../../../lib/frame/parquet.ts';
import type { FramedRecord } from '../../../lib/frame/record.ts';
import type { ByteSource } from '../../../lib/read/byte-source.ts';
import { csvSchema, type ParquetSettings } from '../../../lib/recipe/formats.ts';

type WriteOptions = Omit<Parameters<typeof parquetWriteBuffer>[0], 'columnData' | 'schema'>;

/** One of a file's columns: its schema elements, the outermost first, and a value for each row. */
export interface ColumnOf {
  readonly schema: SchemaElement[];
  readonly data: unknown[];
  readonly offsetIndex?: boolean;
}

/** A column without nesting. */
export const flat = (element: Omit<SchemaElement, 'repetition_type'>, data: unknown[]): ColumnOf => ({
  schema: [{ repetition_type: 'OPTIONAL', ...element }],
  data,
});

export const parquetFile = (columns: readonly ColumnOf[], options: WriteOptions = {}): Buffer => {
  const root = { name: 'root', num_children: columns.length };
  const buffer = parquetWriteBuffer({
    schema: [root, ...columns.flatMap(({ schema }) => schema)],
    columnData: columns.map(({ schema, data, offsetIndex = true }) => ({
      name: schema[0]!.name,
      data,
      offsetIndex,
    })),
    compressors: {
      GZIP: (bytes) => gzipSync(bytes),
      ZSTD: (bytes) => zstdCompressSync(bytes),
      BROTLI: (bytes) => brotliCompressSync(bytes),
      LZ4_RAW: lz4Literals,
    },
    ...options,
  });
  return Buffer.from(buffer);
};

/** A file with one column `v` of values that bring their own type. */
export const variantFile = (data: unknown[]): Buffer =>
  Buffer.from(parquetWriteBuffer({ columnData: [{ name: 'v', data, type: 'VARIANT' }] }));

/** The same file with another footer. */
export const withMetadata = (file: Buffer, edit: (metadata: FileMetaData) => void): Buffer => {
  const metadata = parquetMetadata(file);
  const footer = new ByteWriter();
  edit(metadata);
  writeMetadata(footer, metadata);
  const end = file.length - 8 - metadata.metadata_length;
  return Buffer.concat([file.subarray(0, end), footer.getBytes(), Buffer.from('PAR1')]);
};

/** LZ4 that compresses nothing: one run of literals. */
const lz4Literals = (bytes: Uint8Array): Uint8Array => {
  if (bytes.length < 15) return Buffer.from([bytes.length << 4, ...bytes]);
  const more = bytes.length - 15;
  return Buffer.from([0xf0, ...Array<number>(Math.floor(more / 255)).fill(255), more % 255, ...bytes]);
};

export interface FrameCall {
  readonly rows?: { readonly start: number; readonly end: number };
  readonly settings?: ParquetSettings;
  readonly recordBytesMax?: number;
}

export const frameOptions = ({ rows, settings, recordBytesMax = 1_000_000 }: FrameCall): FrameOptions => ({
  range: rows ?? { start: 0, end: 1_000_000_000 },
  borders: 'rows',
  startsFile: true,
  endsFile: true,
  recordBytesMax,
  csv: csvSchema.parse({}),
  parquet: settings,
});

export const frameRecords = async (source: ByteSource, call: FrameCall = {}): Promise<FramedRecord[]> => {
  const records: FramedRecord[] = [];
  for await (const group of parquet.frame(source, frameOptions(call))) records.push(...group);
  return records;
};

/** JSON text of each record. */
export const frameTexts = async (source: ByteSource, call: FrameCall = {}): Promise<string[]> =>
  (await frameRecords(source, call)).map(({ bytes }) => bytes.toString());
