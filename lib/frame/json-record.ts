import { createHeldBytes } from './held-bytes.ts';
import { onOneLine } from './json-bytes.ts';
import { type BrokenReason, type BrokenRecord, type FramedRecord, PREFIX_BYTES } from './record.ts';

const SCALAR = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

/** The record that is being read. */
export interface JsonRecord {
  begin(offset: number): void;
  add(bytes: Buffer): void;
  offset(): number;
  /** It ends as a container or a string. */
  value(nextOffset: number, isOverLines: boolean): FramedRecord;
  /** It ends as a number, a literal, or something that is no JSON. */
  token(nextOffset: number): FramedRecord;
  /** It does not end. */
  broken(nextOffset: number, reason: BrokenReason): BrokenRecord;
}

export const createJsonRecord = (recordBytesMax: number): JsonRecord => {
  const held = createHeldBytes(recordBytesMax);
  let offset = 0;

  const value = (nextOffset: number, isOverLines: boolean): FramedRecord => {
    const isOversized = held.isOversized();
    const bytes = held.take();
    if (isOversized) return { kind: 'oversized', offset, nextOffset, bytes: bytes.subarray(0, PREFIX_BYTES) };
    return { kind: 'record', offset, nextOffset, bytes: isOverLines ? onOneLine(bytes) : bytes };
  };

  const token = (nextOffset: number): FramedRecord => {
    const record = value(nextOffset, false);
    if (record.kind !== 'record' || SCALAR.test(record.bytes.toString('latin1'))) return record;
    const message = `Between two records stand ${record.bytes.length} bytes that are no JSON.`;
    return brokenRecord({ ...record, reason: { code: 'JSON_GARBAGE', message } });
  };

  return {
    begin: (at) => {
      offset = at;
    },
    add: held.add,
    offset: () => offset,
    value,
    token,
    broken: (nextOffset, reason) => brokenRecord({ offset, nextOffset, bytes: held.take(), reason }),
  };
};

/** A broken record with as much of its bytes as is good to keep. */
export const brokenRecord = (broken: Omit<BrokenRecord, 'kind'>): BrokenRecord => ({
  ...broken,
  kind: 'broken',
  bytes: broken.bytes.subarray(0, PREFIX_BYTES),
});
