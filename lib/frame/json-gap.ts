import { createHeldBytes } from './held-bytes.ts';
import { type FramedRecord, PREFIX_BYTES } from './record.ts';

export interface JsonGap {
  /** A document begins. */
  begin(offset: number): void;
  /** The next bytes of it. */
  add(bytes: Buffer): void;
  /** It has ended without an array of records. */
  lose(): void;
  /** Records begin at `end`, or the file ends there. @returns the documents that were lost, as one broken record */
  end(end: number): FramedRecord[];
  /** Where the first document of the gap begins; undefined when none does. */
  offset(): number | undefined;
  /** The beginning of what it holds. */
  bytes(): Buffer;
}

/** What stands between two arrays of records. On the way to a record it is nothing; else it must not go unseen. */
export const createJsonGap = (recordsPath: string | undefined): JsonGap => {
  const held = createHeldBytes(PREFIX_BYTES);
  let offset: number | undefined;
  let hasLost = false;

  const begin = (at: number): void => {
    if (!hasLost) held.take();
    if (!hasLost) offset = at;
  };

  const end = (nextOffset: number): FramedRecord[] => {
    const from = offset;
    const bytes = held.take().subarray(0, PREFIX_BYTES);
    const isLost = hasLost;
    offset = undefined;
    hasLost = false;
    if (from === undefined || !isLost) return [];
    const reason = reasonFor(nextOffset - from, recordsPath);
    return [{ kind: 'broken', offset: from, nextOffset, bytes, reason }];
  };

  const lose = (): void => {
    hasLost = true;
  };

  return { begin, add: held.add, lose, end, offset: () => offset, bytes: held.take };
};

const reasonFor = (lostBytes: number, recordsPath: string | undefined) =>
  recordsPath === undefined
    ? ({
        code: 'JSON_GARBAGE',
        message: `${lostBytes} bytes stand outside of the array of records.`,
      } as const)
    : ({
        code: 'RECORDS_PATH_MISSING',
        message: `${lostBytes} bytes of JSON have no array at "${recordsPath}" (recordsPath).`,
      } as const);
