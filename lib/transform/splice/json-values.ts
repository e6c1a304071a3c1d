import { beginsPrintable } from '../whole-event.ts';

/** Bytes from `start` (inclusive) to `end` (exclusive). */
export interface Span {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const NULL_START = 0x6e;
const OPEN_OBJECT = 0x7b;
/** Digits that a double holds for certain. */
const DIGITS_MAX = 15;

/*
 * Each takes where a JSON value stands, and says what a parser would say of it.
 */

export const isNull = ({ bytes, start }: Span): boolean => bytes[start] === NULL_START;

export const isString = ({ bytes, start }: Span): boolean => bytes[start] === QUOTE;

export const isFilledString = (value: Span): boolean =>
  isString(value) && value.bytes[value.start + 1] !== QUOTE;

/** A string that is not blank. */
export const isName = (value: Span): boolean =>
  isString(value) && (beginsPrintable(value.bytes, value.start + 1) || String(decode(value)).trim() !== '');

export const isNumber = ({ bytes, start }: Span): boolean => bytes[start] === MINUS || isDigit(bytes[start]!);

/** An integer that would be written again as it stands. */
export const isPlainInteger = ({ bytes, start, end }: Span): boolean => {
  if (end - start > DIGITS_MAX) return false;
  const from = bytes[start] === MINUS ? start + 1 : start;
  for (let at = from; at < end; at++) if (!isDigit(bytes[at]!)) return false;
  return from === start || bytes[from] !== ZERO;
};

/** The same of a number with a fraction, which a double of so few digits has in common with its text. */
export const isPlainNumber = ({ bytes, start, end }: Span): boolean => {
  if (end - start > DIGITS_MAX) return false;
  const from = bytes[start] === MINUS ? start + 1 : start;
  let hasDot = false;
  for (let at = from; at < end; at++) {
    if (bytes[at] === DOT) hasDot = true;
    else if (!isDigit(bytes[at]!)) return false;
  }
  if (hasDot) return bytes[end - 1] !== ZERO && (bytes[from] !== ZERO || bytes[from + 2] !== ZERO);
  return bytes[from] !== ZERO || from === start;
};

/** `true`, `false` or `null`. */
export const isWord = (value: Span): boolean => {
  const first = value.bytes[value.start];
  return first !== QUOTE && first !== OPEN_ARRAY && first !== OPEN_OBJECT && !isNumber(value);
};

export const hasEscape = ({ bytes, start, end }: Span): boolean => {
  for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return true;
  return false;
};

export const decode = (value: Span): unknown => JSON.parse(textOf(value));

export const textOf = ({ bytes, start, end }: Span): string => bytes.toString('utf8', start, end);

export const spanOf = (text: string): Span => {
  const bytes = Buffer.from(text);
  return { bytes, start: 0, end: bytes.length };
};

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= NINE;
