import { isUtf8 } from 'node:buffer';
import type { CsvSettings } from './csv-settings.ts';

/** Where a record stands in some bytes, its line end included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

type Encoding = CsvSettings['encoding'];

const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const BYTE_ORDER_MARK = '\ufeff';

/** latin1 is Windows-1252 to browsers, and in most files that are called so. */
const WINDOWS_1252 = new TextDecoder('windows-1252');

/** @returns undefined when the bytes are not of the encoding */
export const decodeText = (bytes: Buffer, encoding: Encoding): string | undefined => {
  if (encoding === 'latin1') return WINDOWS_1252.decode(bytes);
  if (encoding === 'utf-16le') return decodeUtf16(bytes);
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
};

const decodeUtf16 = (bytes: Buffer): string | undefined => {
  const text = bytes.toString('utf16le');
  return bytes.length % 2 === 0 && text.isWellFormed() ? text : undefined;
};

/** Where the text of a record ends that stands at `start` to `end`, its line end included. */
export const endOfText = (bytes: Buffer, { start, end }: Span, encoding: Encoding): number => {
  const unitBytes = encoding === 'utf-16le' ? 2 : 1;
  const isUnit = (at: number, unit: number): boolean =>
    at >= start && bytes[at] === unit && (unitBytes === 1 || bytes[at + 1] === 0);
  let textEnd = end;
  if (isUnit(textEnd - unitBytes, LINE_FEED)) textEnd -= unitBytes;
  if (isUnit(textEnd - unitBytes, RETURN)) textEnd -= unitBytes;
  return textEnd;
};

/** The first record of a file, without the mark that may stand before it. */
export const withoutMark = (bytes: Buffer, encoding: Encoding): Buffer => {
  const mark =
    encoding === 'latin1'
      ? Buffer.alloc(0)
      : Buffer.from(BYTE_ORDER_MARK, encoding === 'utf-8' ? 'utf8' : 'utf16le');
  return bytes.subarray(0, mark.length).equals(mark) ? bytes.subarray(mark.length) : bytes;
};
