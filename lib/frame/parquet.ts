import type { ByteSource } from '../read/byte-source.ts';
import type { Format, FrameOptions } from './format.ts';
import { openParquet, type ParquetFile } from './parquet/file.ts';
import { openSpan, type RowSpan } from './parquet/span.ts';
import { type FramedRecord, PREFIX_BYTES } from './record.ts';

/** Records that come together: no more than this many, or the one that makes them this long. */
const GROUP_ROWS_MAX = 500;
const GROUP_BYTES_MAX = 256 * 1024;

/** Apache Parquet. The places of its records are rows. */
export const parquet: Format = {
  name: 'parquet',
  fileNames: /\.(?:parquet|parq|pq)$/i,
  looksLike: () => false,
  cut: 'rows',
  frame: frameParquet,
};

/** The rows of `range` as JSON text, in order. */
async function* frameParquet(source: ByteSource, options: FrameOptions): AsyncGenerator<FramedRecord[]> {
  const { range } = options;
  if (range.start >= range.end) return;
  const file = await openParquet(source, options.parquet ?? {});
  for (const { group, start, end } of file.rowGroups) {
    const span = { group, start: Math.max(0, range.start - start), end: Math.min(range.end, end) - start };
    if (span.start < span.end) yield* frameSpan(source, file, span, start, options);
  }
}

/** @param firstRow of the row group, counted from the start of the file */
async function* frameSpan(
  source: ByteSource,
  file: ParquetFile,
  span: RowSpan,
  firstRow: number,
  { recordBytesMax, measure = (work) => work() }: FrameOptions,
): AsyncGenerator<FramedRecord[]> {
  const reader = await openSpan(source, file, span);
  const keys = file.columns.map(({ key }) => key);
  let row = firstRow + span.start;
  for (let held = await reader.fill(); held > 0; held = await reader.fill()) {
    const rows = Math.min(held, GROUP_ROWS_MAX);
    const texts = measure(() => reader.take(rows));
    let records: FramedRecord[] = [];
    let bytes = 0;
    for (let at = 0; at < rows; at++, row++) {
      const record = recordOf(row, objectText(keys, texts, at), recordBytesMax);
      records.push(record);
      bytes += record.bytes.length;
      if (bytes < GROUP_BYTES_MAX) continue;
      yield records;
      records = [];
      bytes = 0;
    }
    if (records.length > 0) yield records;
  }
}

/** A row as a JSON object; columns that are null in it are left out. */
const objectText = (
  keys: readonly string[],
  texts: readonly (readonly (string | undefined)[])[],
  row: number,
): string => {
  let text = '{';
  for (let column = 0; column < keys.length; column++) {
    const value = texts[column]![row];
    if (value !== undefined) text += `${text === '{' ? '' : ','}${keys[column]}${value}`;
  }
  return `${text}}`;
};

const recordOf = (row: number, text: string, recordBytesMax: number): FramedRecord => {
  const bytes = Buffer.from(text);
  const place = { offset: row, nextOffset: row + 1 };
  return bytes.length > recordBytesMax
    ? { kind: 'oversized', ...place, bytes: Buffer.from(bytes.subarray(0, PREFIX_BYTES)) }
    : { kind: 'record', ...place, bytes };
};
