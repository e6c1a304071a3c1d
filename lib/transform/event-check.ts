import { type EventCheck, type EventKernel, startEventKernel } from './event-kernel.ts';
import { kernelCode } from './kernel-code.ts';
import { isWholeEvent } from './whole-event.ts';

let kernel: EventKernel | undefined;

/**
 * What {@link isWholeEvent} says of pieces of `bytes`, which are UTF-8: by the kernel where there is one and the bytes
 * fit into it. Only the check that was made last can be asked.
 */
export const eventCheckOf = (bytes: Uint8Array): EventCheck => {
  if (kernelCode !== undefined) kernel ??= startEventKernel(Buffer.from(kernelCode, 'base64'));
  return kernel?.(bytes) ?? ((start, end) => isWholeEvent(bytes, start, end));
};
