import { createHeldBytes } from './held-bytes.ts';
import { type FramedRecord, PREFIX_BYTES } from './record.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
/** What a line may hold beside its text: a byte order mark and a carriage return. */
const MARGIN_BYTES = BYTE_ORDER_MARK.length + 1;

export interface LineFramerOptions {
  /** Offset of the first byte that will be pushed. */
  readonly start: number;
  /** Lines that begin here or later are not ours. */
  readonly end: number;
  /** The first byte pushed may stand inside a line that begins before it: drop up to the first newline. */
  readonly skipPartial: boolean;
  /** Byte 0 is the first of the file, where a byte order mark may stand. */
  readonly startsFile: boolean;
  /** Longest line accepted, its ending excluded. */
  readonly lineBytesMax: number;
}

export interface LineFramer {
  /** The lines that `bytes` completes. They are views: `bytes` must stay as it is while they are in use. */
  push(bytes: Buffer): FramedRecord[];
  /** The last line of a file that does not end with a newline. */
  finish(): FramedRecord[];
  /** Passes over whole lines that are framed elsewhere, in place of a push; only where `isAtLine`. */
  skip(bytes: number): void;
  /** What is pushed next begins a line of ours. */
  isAtLine(): boolean;
  /** Nothing that could still be pushed matters. */
  isDone(): boolean;
}

/**
 * Cuts bytes into lines. Where the pieces are cut means nothing. A line ends with LF or CRLF; blank
 * lines are not records; a line over the limit comes out as oversized and is never held whole.
 *
 * @see https://jsonlines.org
 */
export const createLineFramer = (options: LineFramerOptions): LineFramer => {
  const { end, startsFile, lineBytesMax } = options;
  let skipping = options.skipPartial;
  let lineStart = options.start;
  let position = options.start;
  const held = createHeldBytes(lineBytesMax + MARGIN_BYTES);
  let done = !skipping && lineStart >= end;

  const takeLine = (nextOffset: number): FramedRecord[] => {
    const line = { offset: lineStart, nextOffset };
    const isOversized = held.isOversized();
    const bytes = trimmed(held.take(), startsFile && lineStart === 0);
    if (isOversized || bytes.length > lineBytesMax) {
      return [{ kind: 'oversized', ...line, bytes: bytes.subarray(0, PREFIX_BYTES) }];
    }
    return isBlank(bytes) ? [] : [{ kind: 'record', ...line, bytes }];
  };

  const beginLine = (at: number): void => {
    lineStart = at;
    skipping = false;
    done = at >= end;
  };

  /** Past the end of the range, a line that is too long or not ours need not be read to its end. */
  const endEarly = (): FramedRecord[] => {
    if (done || position < end || !(skipping || held.isOversized())) return [];
    done = true;
    return skipping ? [] : takeLine(position);
  };

  const push = (bytes: Buffer): FramedRecord[] => {
    const lines: FramedRecord[] = [];
    let at = 0;
    for (let newline = bytes.indexOf(NEWLINE); newline >= 0 && !done; newline = bytes.indexOf(NEWLINE, at)) {
      const nextOffset = position + newline + 1;
      if (!skipping) {
        held.add(bytes.subarray(at, newline));
        for (const line of takeLine(nextOffset)) lines.push(line);
      }
      beginLine(nextOffset);
      at = newline + 1;
    }
    position += bytes.length;
    if (!done && !skipping && at < bytes.length) held.add(bytes.subarray(at));
    for (const line of endEarly()) lines.push(line);
    return lines;
  };

  const finish = (): FramedRecord[] => {
    if (done || skipping) return [];
    done = true;
    return takeLine(position);
  };

  return {
    push,
    finish,
    skip: (bytes) => {
      position += bytes;
      beginLine(position);
    },
    isAtLine: () => !done && !skipping && lineStart === position,
    isDone: () => done,
  };
};

const trimmed = (line: Buffer, mayHaveMark: boolean): Buffer => {
  const from = mayHaveMark && BYTE_ORDER_MARK.equals(line.subarray(0, 3)) ? 3 : 0;
  const to = line.at(-1) === RETURN ? line.length - 1 : line.length;
  return line.subarray(from, Math.max(from, to));
};

/** Space and tab make a line blank, as does nothing at all. */
const isBlank = (line: Buffer): boolean => {
  for (const byte of line) if (byte !== 0x20 && byte !== 0x09 && byte !== RETURN) return false;
  return true;
};
