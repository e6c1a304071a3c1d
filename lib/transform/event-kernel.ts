import { isBannedAt } from './insert-id.ts';

/** Whether what stands from `start` to `end` is certainly an event that can be sent as it is. */
export type EventCheck = (start: number, end: number) => boolean;

/**
 * The check of what stands in `bytes`, which are UTF-8, or undefined where they are too long. Only the check that was
 * made last can be asked: all copy into one memory.
 */
export type EventKernel = (bytes: Uint8Array) => EventCheck | undefined;

/** What `kernel/1-event.wat` exports. */
interface KernelExports extends Readonly<Record<string, WebAssembly.ExportValue>> {
  readonly memory: WebAssembly.Memory;
  readonly input: WebAssembly.Global;
  readonly inputBytesMax: WebAssembly.Global;
  readonly check: (start: number, end: number) => number;
}

/** An insert id is told as its address and, in the lowest bits, its length. */
const LENGTH_BITS = 6;
const LENGTH_MASK = (1 << LENGTH_BITS) - 1;

/** @param code of a WebAssembly module: a few KB, so that compiling it here is a matter of a millisecond */
export const startEventKernel = (code: Uint8Array<ArrayBuffer>): EventKernel => {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code));
  const { memory, input, inputBytesMax, check } = exports as KernelExports;
  const memoryBytes = new Uint8Array(memory.buffer);
  const from = input.value;
  const isWhole: EventCheck = (start, end) => {
    const id = check(from + start, from + end);
    return id !== 0 && !isBannedAt(memoryBytes, id >> LENGTH_BITS, id & LENGTH_MASK);
  };
  return (bytes) => {
    if (bytes.length > inputBytesMax.value) return undefined;
    memoryBytes.set(bytes, from);
    return isWhole;
  };
};
