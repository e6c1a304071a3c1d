import { isUtf8 } from 'node:buffer';
import { cutRun, type RawRecord, type RecordRun } from '../frame/record.ts';
import { lookAt } from './record-look.ts';
import type { Span } from './splice/json-values.ts';
import type { Splicer } from './splice/splicer.ts';

export interface DivideOptions {
  /** Whether the recipe lets any event be sent as it is. */
  readonly mayPass: boolean;
  readonly splice?: Splicer | undefined;
}

/** Cuts a run into runs of lines that can be sent, some of them spliced, and records that are to be mapped one by one. */
export const divideRun = (run: RecordRun, { mayPass, splice }: DivideOptions): (RecordRun | RawRecord)[] => {
  const { bytes, ends, offset } = run;
  if (!isUtf8(bytes)) return ends.map((_, index) => recordOf(run, index));
  const text = { bytes, look: lookAt(bytes) };
  const divided = createDivision(run);
  for (let index = 0; index < ends.length; index++) {
    const [start, end] = [ends[index - 1] ?? 0, ends[index]! - 1];
    if (mayPass && text.look.isWhole(start, end)) divided.leave(index);
    else divided.take(index, splice?.(text, { start, end, offset: offset + start }));
  }
  return divided.end();
};

/** Gathers what becomes of the records of a run, one after the other. */
const createDivision = (run: RecordRun) => {
  const parts: (RecordRun | RawRecord)[] = [];
  /** The first record that is in no part yet, and what is sent of it and those behind it, unless that is what stands there. */
  let from = 0;
  let lines: Span[] = [];

  const close = (to: number): void => {
    if (to > from) parts.push(splicedRun(cutOf(run, from, to), lines));
    from = to;
    lines = [];
  };

  return {
    leave: (index: number): void => {
      if (lines.length > 0) close(index);
    },
    /** @param line none where the record is to be mapped */
    take: (index: number, line: Span | undefined): void => {
      if (line === undefined) {
        close(index);
        parts.push(recordOf(run, index));
        from = index + 1;
      } else {
        if (lines[0]?.bytes !== line.bytes) close(index);
        lines.push(line);
      }
    },
    end: (): (RecordRun | RawRecord)[] => {
      close(run.ends.length);
      return parts;
    },
  };
};

const cutOf = (run: RecordRun, from: number, to: number): RecordRun =>
  to - from === run.ends.length ? run : cutRun(run, from, to);

/** @param lines that stand one behind another, or none */
const splicedRun = (source: RecordRun, lines: readonly Span[]): RecordRun => {
  const [first, last] = [lines[0], lines.at(-1)];
  if (!first || !last) return source;
  return {
    kind: 'run',
    offset: source.offset,
    bytes: first.bytes.subarray(first.start, last.end),
    ends: lines.map(({ end }) => end - first.start),
    source,
  };
};

const recordOf = ({ offset, bytes, ends }: RecordRun, index: number): RawRecord => {
  const [start, end] = [ends[index - 1] ?? 0, ends[index]!];
  return {
    kind: 'record',
    offset: offset + start,
    nextOffset: offset + end,
    bytes: bytes.subarray(start, end - 1),
  };
};
