import { PREFIX_BYTES } from './record.ts';

export interface HeldBytes {
  add(bytes: Buffer): void;
  isOversized(): boolean;
  /** All that was added since the last time; of more than the limit, only its beginning. */
  take(): Buffer;
}

/** Puts a record together that comes in pieces, and holds no more of it than `bytesMax`. */
export const createHeldBytes = (bytesMax: number): HeldBytes => {
  let held: Buffer[] = [];
  let heldBytes = 0;
  const isOversized = (): boolean => heldBytes > bytesMax;

  const add = (bytes: Buffer): void => {
    const wasOversized = isOversized();
    heldBytes += bytes.length;
    if (wasOversized) return;
    held.push(bytes);
    if (isOversized()) held = [Buffer.from(Buffer.concat(held).subarray(0, PREFIX_BYTES))];
  };

  const take = (): Buffer => {
    const bytes = held.length === 1 ? held[0]! : Buffer.concat(held);
    held = [];
    heldBytes = 0;
    return bytes;
  };

  return { add, isOversized, take };
};
