import { isUtf8 } from 'node:buffer';
import { cutRun, type RawRecord, type RecordRun } from '../frame/record.ts';
import { eventCheckOf } from './event-check.ts';

/**
 * Cuts a run into runs of events that can be sent as they are, and records that are to be mapped one by one.
 *
 * @param mayPass whether the recipe lets any event be sent as it is
 */
export const divideRun = (run: RecordRun, mayPass: boolean): (RecordRun | RawRecord)[] => {
  const { bytes, ends } = run;
  const isWhole = mayPass && isUtf8(bytes) ? eventCheckOf(bytes) : () => false;
  const parts: (RecordRun | RawRecord)[] = [];
  let from = 0;
  for (let index = 0; index < ends.length; index++) {
    if (isWhole(ends[index - 1] ?? 0, ends[index]! - 1)) continue;
    if (index > from) parts.push(cutRun(run, from, index));
    parts.push(recordOf(run, index));
    from = index + 1;
  }
  if (from === 0) return [run];
  if (from < ends.length) parts.push(cutRun(run, from, ends.length));
  return parts;
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
