import { createLineFramer, type LineFramer, type LineFramerOptions } from './lines.ts';
import type { FramedRecord, RecordRun } from './record.ts';

const NEWLINE = 0x0a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** `{}` */
const LINE_BYTES_MIN = 2;

/** As a line framer, but lines that stand whole in what is pushed, and look like objects, come as runs. */
export interface RunFramer extends Pick<LineFramer, 'isDone'> {
  /** What `bytes` completes. They are views: `bytes` must stay as it is while they are in use. */
  push(bytes: Buffer): (FramedRecord | RecordRun)[];
  finish(): FramedRecord[];
}

/** Frames lines as {@link createLineFramer} does, which is left with those that are cut, blank, too long or strange. */
export const createRunFramer = (options: LineFramerOptions): RunFramer => {
  const { end, lineBytesMax } = options;
  const lines = createLineFramer(options);
  let position = options.start;

  /** @returns what stands up to the first line feed at or behind `at`, and the index behind it */
  const takeOne = (bytes: Buffer, at: number, framed: (FramedRecord | RecordRun)[]): number => {
    const next = bytes.indexOf(NEWLINE, at) + 1 || bytes.length;
    for (const record of lines.push(bytes.subarray(at, next))) framed.push(record);
    return next;
  };

  const push = (bytes: Buffer): (FramedRecord | RecordRun)[] => {
    const framed: (FramedRecord | RecordRun)[] = [];
    let at = 0;
    while (at < bytes.length && !lines.isDone()) {
      const ends = lines.isAtLine() ? runEnds(bytes, at, { lineBytesMax, endIndex: end - position }) : [];
      const runBytes = ends.at(-1) ?? 0;
      if (runBytes > 0) {
        framed.push({ kind: 'run', offset: position + at, bytes: bytes.subarray(at, at + runBytes), ends });
        lines.skip(runBytes);
        at += runBytes;
      } else at = takeOne(bytes, at, framed);
    }
    position += bytes.length;
    return framed;
  };

  return { push, finish: lines.finish, isDone: lines.isDone };
};

interface RunLimits {
  readonly lineBytesMax: number;
  /** Lines that begin at this index or behind it are not ours. */
  readonly endIndex: number;
}

/** Ends of the whole lines from index `from` on that look like objects, counted from there. */
const runEnds = (bytes: Buffer, from: number, { lineBytesMax, endIndex }: RunLimits): number[] => {
  const ends: number[] = [];
  for (let at = from; at < endIndex && bytes[at] === OPEN_OBJECT; ) {
    const newline = bytes.indexOf(NEWLINE, at);
    const length = newline - at;
    if (length < LINE_BYTES_MIN || length > lineBytesMax || bytes[newline - 1] !== CLOSE_OBJECT) break;
    at = newline + 1;
    ends.push(at - from);
  }
  return ends;
};
