import { isBannedAt } from './insert-id.ts';
import type { RecordLook } from './record-look.ts';
import { TABLE_CELLS } from './scan-members.ts';

/**
 * The look at what stands in `bytes`, which are UTF-8, or undefined where they are too long. Only the look that was
 * taken last can be asked: all copy into one memory.
 */
export type EventKernel = (bytes: Uint8Array) => RecordLook | undefined;

/** What the files of `kernel/` export. */
interface KernelExports extends Readonly<Record<string, WebAssembly.ExportValue>> {
  readonly memory: WebAssembly.Memory;
  readonly input: WebAssembly.Global;
  readonly inputBytesMax: WebAssembly.Global;
  readonly members: WebAssembly.Global;
  readonly check: (start: number, end: number) => number;
  readonly scan: (start: number, end: number) => number;
}

/** An insert id is told as its address and, in the lowest bits, its length. */
const LENGTH_BITS = 6;
const LENGTH_MASK = (1 << LENGTH_BITS) - 1;

/** @param code of a WebAssembly module: a few KB, so that compiling it here is a matter of a millisecond */
export const startEventKernel = (code: Uint8Array<ArrayBuffer>): EventKernel => {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code));
  const { memory, input, inputBytesMax, members, check, scan } = exports as KernelExports;
  const memoryBytes = new Uint8Array(memory.buffer);
  const from = input.value;
  const look: RecordLook = {
    isWhole: (start, end) => {
      const id = check(from + start, from + end);
      return id !== 0 && !isBannedAt(memoryBytes, id >> LENGTH_BITS, id & LENGTH_MASK);
    },
    scan: (start, end) => scan(from + start, from + end),
    members: new Int32Array(memory.buffer, members.value, TABLE_CELLS),
  };
  return (bytes) => {
    if (bytes.length > inputBytesMax.value) return undefined;
    memoryBytes.set(bytes, from);
    return look;
  };
};
