import { S3Error } from './errors.ts';

/** Bytes from `start` (inclusive) to `end` (exclusive). */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a Range header (RFC 9110 §14.1.2). As S3 does, a header that is not one valid range is ignored.
 *
 * @returns undefined when the whole object is meant
 * @throws {S3Error} `InvalidRange` when no byte of the object is in the range
 */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (match === null) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(first) > Number(last)) return undefined;
  const range = first === '' ? suffix(Number(last), sizeBytes) : span(Number(first), last, sizeBytes);
  if (range.start < range.end) return range;
  throw new S3Error(
    'InvalidRange',
    `The range ${header} has no byte of an object of ${sizeBytes} bytes; ask for a range that starts before its end.`,
    { 'content-range': `bytes */${sizeBytes}` },
  );
}

/** The Content-Range header of a 206. */
export function contentRange(range: ByteRange, sizeBytes: number): string {
  return `bytes ${range.start}-${range.end - 1}/${sizeBytes}`;
}

function suffix(lengthBytes: number, sizeBytes: number): ByteRange {
  return { start: Math.max(0, sizeBytes - lengthBytes), end: sizeBytes };
}

function span(start: number, last: string, sizeBytes: number): ByteRange {
  return { start, end: last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes) };
}
