import { createRowWriter } from './csv-columns.ts';
import { invalidHeader } from './csv-header.ts';
import { createRowParser, type ParseCsv, type Row } from './csv-rows.ts';
import type { CsvHeader, CsvSettings } from './csv-settings.ts';
import { endOfText, type Span } from './csv-text.ts';
import { type BrokenReason, type FramedRecord, PREFIX_BYTES } from './record.ts';

export interface CsvTableOptions {
  readonly header: CsvHeader;
  readonly settings: CsvSettings;
  readonly recordBytesMax: number;
  readonly parse: ParseCsv;
}

export interface CsvTable {
  /** Records of `bytes` that follow each other, as JSON; `base` is the offset of its first byte. Blank ones are none. */
  take(bytes: Buffer, spans: readonly Span[], base: number): FramedRecord[];
}

/** @throws {FrameError} `CSV_HEADER_INVALID` when the columns cannot be named */
export const openCsvTable = ({ header, settings, recordBytesMax, parse }: CsvTableOptions): CsvTable => {
  const parser = createRowParser(settings, header.newline, parse);
  const write = createRowWriter(
    settings,
    header.record === undefined ? undefined : namesIn(parser.row(header.record)),
  );

  const take = (bytes: Buffer, spans: readonly Span[], base: number): FramedRecord[] => {
    const filled = spans.filter((span) => endOfText(bytes, span, settings.encoding) > span.start);
    const rows = parser.rows(bytes, filled);
    return filled.map((span, index) => {
      const place = { offset: base + span.start, nextOffset: base + span.end };
      const isOversized = endOfText(bytes, span, settings.encoding) - span.start > recordBytesMax;
      if (isOversized) return { kind: 'oversized', ...place, bytes: prefix(bytes, span) };
      const json = jsonOf(rows[index]!);
      return typeof json === 'string'
        ? { kind: 'record', ...place, bytes: Buffer.from(json) }
        : { kind: 'broken', ...place, bytes: prefix(bytes, span), reason: json };
    });
  };

  const jsonOf = (row: Row): string | BrokenReason => ('code' in row ? row : write(row));

  return { take };
};

const namesIn = (row: Row): readonly string[] => {
  if ('code' in row) throw invalidHeader(row.message);
  return row;
};

const prefix = (bytes: Buffer, { start, end }: Span): Buffer =>
  bytes.subarray(start, Math.min(end, start + PREFIX_BYTES));
