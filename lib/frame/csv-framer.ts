import { createHeaderReader, headerOf, invalidHeader } from './csv-header.ts';
import type { ParseCsv } from './csv-rows.ts';
import { createCsvScanner } from './csv-scan.ts';
import type { CsvHeader, CsvSettings } from './csv-settings.ts';
import { type CsvTable, openCsvTable } from './csv-table.ts';
import { type Span, withoutMark } from './csv-text.ts';
import { createHeldBytes } from './held-bytes.ts';
import type { Framer } from './pieces.ts';
import { type BrokenReason, type FramedRecord, PREFIX_BYTES } from './record.ts';

/** What a record may hold beside its text: a byte order mark and a line end, in two bytes a unit. */
const MARGIN_BYTES = 8;

export interface CsvFramerOptions {
  /** Offset of the first byte that will be pushed: of the file, or a border if `header` is known. */
  readonly start: number;
  readonly header?: CsvHeader | undefined;
  readonly settings: CsvSettings;
  /** A last row without a line end may be cut in two. */
  readonly breaksOff: boolean;
  readonly recordBytesMax: number;
  readonly parse: ParseCsv;
}

/**
 * Cuts a table into its records, each as JSON by the names of its columns. Blank lines are no records. Quotes that
 * stay open to the end make one broken record of all that follows.
 *
 * @throws {FrameError} `CSV_HEADER_INVALID`, from any of its functions too, when the columns cannot be named
 */
export const createCsvFramer = (options: CsvFramerOptions): Framer => {
  const { settings, recordBytesMax } = options;
  const scanner = createCsvScanner(settings, options.header?.newline);
  const reader = createHeaderReader(settings);
  const held = createHeldBytes(recordBytesMax + MARGIN_BYTES);
  let isHeader = settings.header && options.header === undefined;
  let table: CsvTable | undefined = options.header && openCsvTable({ ...options, header: options.header });
  /** Offset of the next piece, and of the record that is being read. */
  let position = options.start;
  let recordStart = position;

  const open = (record?: string): CsvTable =>
    openCsvTable({ ...options, header: headerOf(record, scanner.newline() ?? 'lf') });

  const hold = (bytes: Buffer): void => (isHeader ? reader : held).add(bytes);

  /** The record of which earlier bytes are held has ended. */
  const endHeld = (nextOffset: number): readonly FramedRecord[] => {
    const offset = recordStart;
    recordStart = nextOffset;
    if (isHeader) {
      const record = reader.end();
      isHeader = record === undefined;
      if (record !== undefined) table = open(record);
      return [];
    }
    const isOversized = held.isOversized();
    const bytes = table ? held.take() : withoutMark(held.take(), settings.encoding);
    if (isOversized)
      return [{ kind: 'oversized', offset, nextOffset, bytes: bytes.subarray(0, PREFIX_BYTES) }];
    table ??= open();
    const records = table.take(bytes, [{ start: 0, end: bytes.length }], offset);
    return records.map((record) => ({ ...record, nextOffset }));
  };

  const push = (bytes: Buffer): readonly FramedRecord[] => {
    const first: FramedRecord[] = [];
    const spans: Span[] = [];
    let at = 0;
    for (let end = scanner.scan(bytes, at); end >= 0; end = scanner.scan(bytes, at)) {
      if (table && recordStart === position + at) {
        spans.push({ start: at, end });
        recordStart = position + end;
      } else {
        hold(bytes.subarray(at, end));
        for (const record of endHeld(position + end)) first.push(record);
      }
      at = end;
    }
    if (at < bytes.length) hold(bytes.subarray(at));
    const rest = table && spans.length > 0 ? table.take(bytes, spans, position) : [];
    position += bytes.length;
    return first.length > 0 ? first.concat(rest) : rest;
  };

  const finish = (): readonly FramedRecord[] => {
    if (recordStart === position) return [];
    if (!scanner.isInQuotes() && (isHeader || !options.breaksOff)) return endHeld(position);
    if (isHeader) throw invalidHeader('the file ends inside its quotes');
    const place = { offset: recordStart, nextOffset: position };
    const reason = scanner.isInQuotes() ? unclosed(place) : CUT;
    return [{ kind: 'broken', ...place, bytes: held.take().subarray(0, PREFIX_BYTES), reason }];
  };

  return { push, finish };
};

const unclosed = ({ offset, nextOffset }: { offset: number; nextOffset: number }): BrokenReason => ({
  code: 'CSV_QUOTE_UNCLOSED',
  message: `The file ends inside quotes; the ${nextOffset - offset} bytes from here on could not be read as records.`,
});

const CUT: BrokenReason = {
  code: 'CSV_ROW_UNFINISHED',
  message: 'The file is damaged inside or right behind this row, so that its last field may not be whole.',
};
