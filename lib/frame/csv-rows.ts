import type { parse as parseCsv } from 'csv-parse/sync';
import type { CsvSettings, Newline } from './csv-settings.ts';
import { decodeText, endOfText, type Span } from './csv-text.ts';
import type { BrokenReason } from './record.ts';

export type ParseCsv = typeof parseCsv;

/** The fields of a record, or why they cannot be told. */
export type Row = readonly string[] | BrokenReason;

export interface RowParser {
  /**
   * Parses records that follow each other, none of them blank, at once; where that does not work, each half of them
   * on its own, down to the records that are in the way.
   */
  rows(bytes: Buffer, spans: readonly Span[]): readonly Row[];
  /** Parses the text of one record. */
  row(text: string): Row;
}

export const createRowParser = (settings: CsvSettings, newline: Newline, parse: ParseCsv): RowParser => {
  const { delimiter, quote, encoding } = settings;
  const options = {
    delimiter,
    quote: quote === '' ? null : quote,
    escape: quote === '' ? null : quote,
    record_delimiter: newline === 'cr' ? '\r' : ['\n', '\r\n'],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: 0,
  };

  const parseText = (text: string, count: number): readonly (readonly string[])[] | BrokenReason => {
    try {
      const isPlain = quote === '' || !text.includes(quote);
      const rows = isPlain ? splitPlain(text, settings, newline) : parse(text, options);
      return rows.length === count ? rows : wrongQuotes('');
    } catch (error) {
      return wrongQuotes(codeOf(error));
    }
  };

  const parseAll = (bytes: Buffer, spans: readonly Span[]): readonly Row[] | BrokenReason => {
    // Without the last line end: a CR there may not yet be known to be one.
    const end = endOfText(bytes, spans.at(-1)!, encoding);
    const text = decodeText(bytes.subarray(spans[0]!.start, end), encoding);
    return text === undefined ? wrongEncoding(encoding) : parseText(text, spans.length);
  };

  const rows = (bytes: Buffer, spans: readonly Span[]): readonly Row[] => {
    if (spans.length === 0) return [];
    const parsed = parseAll(bytes, spans);
    if (!('code' in parsed)) return parsed;
    if (spans.length === 1) return [parsed];
    const half = spans.length >> 1;
    return [...rows(bytes, spans.slice(0, half)), ...rows(bytes, spans.slice(half))];
  };

  const row = (text: string): Row => {
    const parsed = parseText(text, 1);
    return 'code' in parsed ? parsed : parsed[0]!;
  };

  return { rows, row };
};

/** Where nothing is quoted, the parser would do no more than this, at a tenth of the speed. */
const splitPlain = (text: string, { delimiter }: CsvSettings, newline: Newline): string[][] => {
  const lines = newline === 'cr' ? text.split('\r') : text.split(/\r?\n/);
  return lines.filter((line) => line !== '').map((line) => line.split(delimiter));
};

/** @throws whatever is no complaint of the parser about the text */
const codeOf = (error: unknown): string => {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
};

const wrongEncoding = (encoding: string): BrokenReason => ({
  code: 'CSV_ENCODING_INVALID',
  message: `The record is not ${encoding}; csv.encoding says how the file is written.`,
});

const wrongQuotes = (code: string): BrokenReason => ({
  code: 'CSV_QUOTES_INVALID',
  message: QUOTE_MESSAGES.get(code) ?? 'The record cannot be taken apart into fields.',
});

const QUOTE_MESSAGES: ReadonlyMap<string, string> = new Map([
  ['INVALID_OPENING_QUOTE', 'A quote stands inside a field that is not quoted.'],
  ['CSV_INVALID_CLOSING_QUOTE', 'Something stands between the quote that closes a field and its end.'],
]);
