import type { CsvSettings, Newline } from './csv-settings.ts';

const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const NO_QUOTE = -1;

/** Where in a record a reader stands. `closing`: behind a quote that closes a field, or is the first of two. `return`: behind a CR, before it is known how records end. */
type Place = 'field' | 'plain' | 'quoted' | 'closing' | 'return';

export interface FieldReader {
  /** Takes one unit of text. @returns whether a record ends behind it, or had ended before it */
  read(unit: number): 'none' | 'behind' | 'before';
  /** Takes many units of one byte, when it is known how records end. @returns the index behind the end of a record, or -1 */
  readBytes(bytes: Buffer, from: number): number;
  newline(): Newline | undefined;
  isInQuotes(): boolean;
}

/**
 * Follows quotes through a table. One opens a field at its beginning only; anywhere else outside of quotes it means
 * nothing, so a stray one damages no more than its own record. The first record tells whether records end with LF
 * (also as CRLF) or, in an encoding of single bytes, with CR alone.
 */
export const createFieldReader = (
  { delimiter: delimiterText, quote: quoteText, encoding }: CsvSettings,
  known?: Newline,
): FieldReader => {
  const delimiter = delimiterText.charCodeAt(0);
  const quote = quoteText === '' ? NO_QUOTE : quoteText.charCodeAt(0);
  const mayBeReturn = encoding !== 'utf-16le';
  let newline = known;
  let lineEnd = known === 'cr' ? RETURN : LINE_FEED;
  let place: Place = 'field';

  const endLine = (): 'behind' => {
    newline ??= 'lf';
    place = 'field';
    return 'behind';
  };

  /** The unit behind the first CR says how records end. */
  const settle = (unit: number): 'behind' | 'before' => {
    if (unit === LINE_FEED) return endLine();
    newline = 'cr';
    lineEnd = RETURN;
    place = 'field';
    return 'before';
  };

  const read = (unit: number): 'none' | 'behind' | 'before' => {
    if (place === 'quoted') {
      if (unit === quote) place = 'closing';
      return 'none';
    }
    if (place === 'return') return settle(unit);
    if (unit === lineEnd) return endLine();
    if (unit === delimiter) place = 'field';
    else if (unit === quote && place !== 'plain') place = 'quoted';
    else place = newline === undefined && mayBeReturn && unit === RETURN ? 'return' : 'plain';
    return 'none';
  };

  const readBytes = (bytes: Buffer, from: number): number => {
    const { length } = bytes;
    let here = place;
    let at = from;
    while (at < length) {
      if (here === 'quoted') while (at < length && bytes[at] !== quote) at++;
      else if (here === 'plain') while (at < length && bytes[at] !== delimiter && bytes[at] !== lineEnd) at++;
      if (at === length) break;
      const byte = bytes[at++];
      if (here === 'quoted') here = 'closing';
      else if (byte === delimiter) here = 'field';
      else if (byte === lineEnd) {
        place = 'field';
        return at;
      } else here = byte === quote ? 'quoted' : 'plain';
    }
    place = here;
    return -1;
  };

  return { read, readBytes, newline: () => newline, isInQuotes: () => place === 'quoted' };
};
