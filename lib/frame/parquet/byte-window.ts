import type { ByteRange } from '../../read/byte-source.ts';

/** Reads ranges one after another as if they were one, holding little more than a window of them. */
export interface ByteWindow {
  bytesLeft(): number;
  /** The next `bytes` bytes, or as many as are left, without consuming them. */
  peek(bytes: number): Promise<Uint8Array>;
  skip(bytes: number): void;
}

/** @param windowBytes read at once, or more where more is asked for */
export const createByteWindow = (
  read: (range: ByteRange) => Promise<Uint8Array>,
  ranges: readonly ByteRange[],
  windowBytes: number,
): ByteWindow => {
  let ahead = ranges.filter(({ start, end }) => start < end);
  let held: Uint8Array = new Uint8Array(0);

  const passAhead = (bytes: number): void => {
    let left = bytes;
    ahead = ahead.flatMap(({ start, end }) => {
      const passed = Math.min(left, end - start);
      left -= passed;
      return start + passed < end ? [{ start: start + passed, end }] : [];
    });
  };

  return {
    bytesLeft: () => ahead.reduce((sum, { start, end }) => sum + end - start, held.length),
    async peek(bytes) {
      while (held.length < bytes && ahead.length > 0) {
        const { start, end } = ahead[0]!;
        const readBytes = Math.min(end - start, Math.max(windowBytes, bytes - held.length));
        const fresh = await read({ start, end: start + readBytes });
        held = held.length === 0 ? fresh : Buffer.concat([held, fresh]);
        passAhead(readBytes);
      }
      return held.subarray(0, bytes);
    },
    skip(bytes) {
      passAhead(Math.max(0, bytes - held.length));
      held = held.subarray(Math.min(bytes, held.length));
    },
  };
};
