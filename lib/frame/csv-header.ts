import type { CsvHeader, CsvSettings, Newline } from './csv-settings.ts';
import { decodeText, endOfText, withoutMark } from './csv-text.ts';
import { FrameError } from './frame-error.ts';
import { createHeldBytes } from './held-bytes.ts';

/** Room for the names of some thousand columns; they travel with each message of a chunk. */
const HEADER_BYTES_MAX = 32 * 1024;

export interface HeaderReader {
  /** The next bytes of the record that names the columns. */
  add(bytes: Buffer): void;
  /** It has ended. @returns its text, or undefined when it is blank and so another one */
  end(): string | undefined;
}

/** Holds the first record of a file; blank ones before it do not count. */
export const createHeaderReader = ({ encoding }: CsvSettings): HeaderReader => {
  const held = createHeldBytes(HEADER_BYTES_MAX);
  let mayHaveMark = true;

  const add = (bytes: Buffer): void => {
    held.add(bytes);
    if (!held.isOversized()) return;
    throw new FrameError(
      'CSV_HEADER_INVALID',
      `The first record is longer than ${HEADER_BYTES_MAX} bytes, the most that the names of columns may have. If it is none, check csv.delimiter, csv.quote and csv.encoding, or set csv.header to false.`,
    );
  };

  const end = (): string | undefined => {
    const bytes = held.take();
    const record = mayHaveMark ? withoutMark(bytes, encoding) : bytes;
    mayHaveMark = false;
    const text = decodeText(
      record.subarray(0, endOfText(record, { start: 0, end: record.length }, encoding)),
      encoding,
    );
    if (text === undefined)
      throw invalidHeader(`it is not ${encoding}; csv.encoding says how the file is written`);
    return text === '' ? undefined : text;
  };

  return { add, end };
};

export const invalidHeader = (why: string): FrameError =>
  new FrameError('CSV_HEADER_INVALID', `The first record cannot name the columns: ${why}.`);

export const headerOf = (record: string | undefined, newline: Newline): CsvHeader => ({
  newline,
  ...(record === undefined ? {} : { record }),
});

/** @returns undefined when it is no header of a table */
export const asCsvHeader = (header: unknown): CsvHeader | undefined => {
  if (typeof header !== 'object' || header === null || !('newline' in header)) return undefined;
  const { newline } = header;
  if (newline !== 'lf' && newline !== 'cr') return undefined;
  return headerOf(
    'record' in header && typeof header.record === 'string' ? header.record : undefined,
    newline,
  );
};
