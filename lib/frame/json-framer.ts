import { FrameError } from './frame-error.ts';
import { createJsonGap, type JsonGap } from './json-gap.ts';
import { brokenRecord, createJsonRecord, type JsonRecord } from './json-record.ts';
import { createJsonScanner, type JsonScanner, type JsonShape } from './json-scan.ts';
import type { Framer } from './pieces.ts';
import type { BrokenReason, FramedRecord } from './record.ts';

const NONE: readonly FramedRecord[] = [];

export interface JsonFramerOptions {
  /** Offset of the first byte that will be pushed: of the file, or a border if `shape` is known. */
  readonly start: number;
  readonly shape?: JsonShape | undefined;
  readonly recordsPath?: string | undefined;
  /** The last byte that will be pushed is the last of the file. */
  readonly endsFile: boolean;
  readonly recordBytesMax: number;
}

/**
 * Cuts JSON into its records. What is unfinished at the end is one broken record; so is what stands between two
 * arrays of records without leading to the second. A file that ends right behind a record, its array left open, has
 * its broken record at the byte that is missing there.
 *
 * @throws {FrameError} `RECORDS_PATH_MISSING`, from `push` or `finish`, when the first document has no such array
 */
export const createJsonFramer = (options: JsonFramerOptions): Framer => {
  const parts: Parts = {
    scanner: createJsonScanner(options),
    record: createJsonRecord(options.recordBytesMax),
    gap: createJsonGap(options.recordsPath),
    recordsPath: options.recordsPath,
  };
  const { scanner, record, gap } = parts;
  /** Offset of the next piece. */
  let position = options.start;
  /** Up to here nothing is missing. */
  let settled = position;

  const hold = (bytes: Buffer): void => {
    const place = scanner.place();
    if (place === 'record' || place === 'token') record.add(bytes);
    else if (place === 'document') gap.add(bytes);
  };

  /** Takes what the scan went over. @returns the records that it completes */
  const take = (bytes: Buffer, from: number, to: number): readonly FramedRecord[] => {
    const event = scanner.event();
    const offset = position + to;
    if (event === 'record') record.begin(offset);
    else if (event === 'document') gap.begin(offset);
    else if (event === 'none') hold(bytes.subarray(from, to));
    else if (event === 'other') loseDocument(parts, bytes.subarray(from, to));
    else {
      settled = offset;
      if (event === 'array') return gap.end(offset);
      record.add(bytes.subarray(from, to));
      return [event === 'value' ? record.value(offset, scanner.isOverLines()) : record.token(offset)];
    }
    return NONE;
  };

  const push = (bytes: Buffer): FramedRecord[] => {
    const records: FramedRecord[] = [];
    for (let from = 0; from < bytes.length; ) {
      const to = scanner.scan(bytes, from);
      for (const framed of take(bytes, from, to)) records.push(framed);
      from = to;
    }
    position += bytes.length;
    return records;
  };

  const finish = (): readonly FramedRecord[] =>
    finishAt(parts, { settled, position, endsFile: options.endsFile });

  return { push, finish };
};

interface Parts {
  readonly scanner: JsonScanner;
  readonly record: JsonRecord;
  readonly gap: JsonGap;
  readonly recordsPath: string | undefined;
}

const loseDocument = ({ scanner, gap, recordsPath }: Parts, bytes: Buffer): void => {
  gap.add(bytes);
  if (!scanner.hasArray()) throw recordsMissing(recordsPath, scanner.seen());
  gap.lose();
};

interface End {
  readonly settled: number;
  readonly position: number;
  readonly endsFile: boolean;
}

const finishAt = (parts: Parts, { settled, position, endsFile }: End): readonly FramedRecord[] => {
  const { scanner, record, gap, recordsPath } = parts;
  const place = scanner.place();
  const isInArray = scanner.shape() === 'array';
  if (place === 'record') return [record.broken(position, unclosed('the record that begins here'))];
  if (place === 'token' && !isInArray) return [record.token(position)];
  if (place === 'token') return [record.broken(position, unclosed('the array of records'))];
  if (place === 'between' && isInArray && endsFile) {
    const nextOffset = Math.max(position, settled + 1);
    const reason = unclosed('the array of records');
    return [brokenRecord({ offset: settled, nextOffset, bytes: Buffer.alloc(0), reason })];
  }
  if (place !== 'document') return gap.end(position);
  const offset = gap.offset() ?? settled;
  const bytes = gap.bytes();
  loseDocument(parts, bytes);
  if (recordsPath === undefined) return gap.end(position);
  return [brokenRecord({ offset, nextOffset: position, bytes, reason: unclosed('a JSON document') })];
};

const unclosed = (what: string): BrokenReason => ({
  code: 'JSON_UNCLOSED',
  message: `The file ends before ${what} is closed.`,
});

export const recordsMissing = (recordsPath: string | undefined, seen: string): FrameError =>
  new FrameError(
    'RECORDS_PATH_MISSING',
    `The file has no array at "${recordsPath}" (recordsPath): ${seen}. Set recordsPath to the keys that lead to the records.`,
  );
