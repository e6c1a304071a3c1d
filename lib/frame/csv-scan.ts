import { createFieldReader } from './csv-fields.ts';
import type { CsvSettings, Newline } from './csv-settings.ts';

const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const NO_HALF = -1;

/** A byte order mark, unit by unit. */
const MARKS: Readonly<Record<CsvSettings['encoding'], readonly number[]>> = {
  'utf-8': [0xef, 0xbb, 0xbf],
  latin1: [],
  'utf-16le': [0xfeff],
};

export interface CsvScanner {
  /** @returns the index behind the next end of a record, or -1 when it lies behind the bytes */
  scan(bytes: Buffer, from: number): number;
  /** Undefined until the first record has ended. */
  newline(): Newline | undefined;
  isInQuotes(): boolean;
}

/**
 * Finds the ends of records: line ends outside of quotes.
 *
 * @param known from an earlier scan of the same file; without it the scan begins with the file
 */
export const createCsvScanner = (settings: CsvSettings, known?: Newline): CsvScanner => {
  const isWide = settings.encoding === 'utf-16le';
  const mark = known ? [] : MARKS[settings.encoding];
  const fields = createFieldReader(settings, known);
  const endOfPlain = createPlainSearch(settings.quote);
  let markUnits = 0;
  let half = NO_HALF;
  let isAtStart = true;

  const isOfMark = (unit: number): boolean => {
    const isNext = unit === mark[markUnits];
    markUnits = isNext ? markUnits + 1 : mark.length;
    return isNext;
  };

  const scanUnits = (bytes: Buffer, from: number): number => {
    isAtStart = isAtStart && from >= bytes.length;
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (isWide && half === NO_HALF) {
        half = byte;
        continue;
      }
      const unit = isWide ? half | (byte << 8) : byte;
      half = NO_HALF;
      if (markUnits < mark.length && isOfMark(unit)) continue;
      const end = fields.read(unit);
      if (end === 'none') continue;
      isAtStart = true;
      return end === 'behind' ? at + 1 : at;
    }
    return -1;
  };

  const scan = (bytes: Buffer, from: number): number => {
    const newline = fields.newline();
    if (newline === undefined || isWide) return scanUnits(bytes, from);
    const plainEnd = isAtStart ? endOfPlain(bytes, from, newline) : -1;
    const end = plainEnd < 0 ? fields.readBytes(bytes, from) : plainEnd;
    isAtStart = end >= 0 || (isAtStart && from >= bytes.length);
    return end;
  };

  return { scan, newline: fields.newline, isInQuotes: fields.isInQuotes };
};

/** Finds the end of a record that has no quote, which most have not, at the speed of a search for bytes. */
const createPlainSearch = (quote: string) => {
  const quoteByte = quote.charCodeAt(0);
  let searched: Buffer | undefined;
  let nextQuote = 0;
  return (bytes: Buffer, from: number, newline: Newline): number => {
    if (bytes !== searched || nextQuote < from) {
      const found = quote === '' ? -1 : bytes.indexOf(quoteByte, from);
      nextQuote = found < 0 ? bytes.length : found;
      searched = bytes;
    }
    // A record that begins with a quote has one.
    const end = nextQuote === from ? -1 : bytes.indexOf(newline === 'lf' ? LINE_FEED : RETURN, from);
    return end < nextQuote ? end + 1 || -1 : -1;
  };
};
