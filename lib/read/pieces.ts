/** A stream of bytes that can be read piece by piece or by count, and given back what was read too far. */
export interface Pieces {
  /** The next bytes, as many as come together but at least one; `undefined` at the end. */
  next(): Promise<Buffer | undefined>;
  /** The next `bytes` bytes; fewer only at the end. All of them are held. */
  take(bytes: number): Promise<Buffer>;
  /** Makes bytes that were just read the next ones again. */
  putBack(bytes: Buffer): void;
  /** Of the next byte, counted from the beginning of the stream. */
  offset(): number;
  /** Ends the stream, also where it was not read to its end. */
  close(): Promise<void>;
}

/** `input` as {@link Pieces}; what it throws comes out unchanged. */
export const createPieces = (input: AsyncIterable<Uint8Array>): Pieces => {
  const iterator = input[Symbol.asyncIterator]();
  /** What was put back, the next of it last. */
  const held: Buffer[] = [];
  let offset = 0;

  const next = async (): Promise<Buffer | undefined> => {
    for (;;) {
      const piece = held.pop() ?? (await read());
      if (piece?.length === 0) continue;
      offset += piece?.length ?? 0;
      return piece;
    }
  };

  const read = async (): Promise<Buffer | undefined> => {
    const { done, value } = await iterator.next();
    return done ? undefined : asBuffer(value);
  };

  const putBack = (bytes: Buffer): void => {
    offset -= bytes.length;
    held.push(bytes);
  };

  const take = async (bytes: number): Promise<Buffer> => {
    const taken: Buffer[] = [];
    let missing = bytes;
    while (missing > 0) {
      const piece = await next();
      if (piece === undefined) break;
      taken.push(piece.subarray(0, missing));
      if (piece.length > missing) putBack(piece.subarray(missing));
      missing -= Math.min(missing, piece.length);
    }
    return taken.length === 1 ? taken[0]! : joined(taken);
  };

  return {
    next,
    take,
    putBack,
    offset: () => offset,
    close: async () => {
      await iterator.return?.();
    },
  };
};

/** Not from the pool of small buffers, where what is short-lived would keep memory of what is not. */
const joined = (pieces: readonly Buffer[]): Buffer => {
  const whole = Buffer.allocUnsafeSlow(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) at += piece.copy(whole, at);
  return whole;
};

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
