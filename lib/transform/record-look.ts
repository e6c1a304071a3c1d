import { type EventKernel, startEventKernel } from './event-kernel.ts';
import { kernelCode } from './kernel-code.ts';
import { scanMembers, TABLE_CELLS } from './scan-members.ts';
import { isWholeEvent } from './whole-event.ts';

/** What is seen of records without parsing them. Each stands from index `start` to index `end`. */
export interface RecordLook {
  /** Whether this is certainly an event that can be sent as it is: {@link isWholeEvent}. */
  readonly isWhole: (start: number, end: number) => boolean;
  /** Notes in `members` where the members stand: {@link scanMembers}. @returns how many there are, or 0 */
  readonly scan: (start: number, end: number) => number;
  readonly members: Int32Array;
}

let kernel: EventKernel | undefined;
let table: Int32Array | undefined;

/**
 * A look at `bytes`, which are UTF-8: by the kernel where there is one and the bytes fit into it. Only the look that
 * was taken last can be asked.
 */
export const lookAt = (bytes: Uint8Array): RecordLook => {
  if (kernelCode !== undefined) kernel ??= startEventKernel(Buffer.from(kernelCode, 'base64'));
  return kernel?.(bytes) ?? lookWithoutKernel(bytes);
};

const lookWithoutKernel = (bytes: Uint8Array): RecordLook => {
  table ??= new Int32Array(TABLE_CELLS);
  const members = table;
  return {
    isWhole: (start, end) => isWholeEvent(bytes, start, end),
    scan: (start, end) => scanMembers(bytes, start, end, members),
    members,
  };
};
