import { createPieces } from './pieces.ts';

export interface Peeked {
  /** The first bytes; fewer than asked for where the stream ends, or breaks. */
  readonly head: Buffer;
  /** What the stream has thrown so far. */
  readonly failure?: { readonly error: unknown };
  /** All of the stream, from its first byte. */
  readonly stream: AsyncGenerator<Buffer>;
  /** Ends the stream, also where it was not read. */
  close(): Promise<void>;
}

/** Looks at the first bytes of a stream that can be read once. What it throws comes out of the stream again, in its place. */
export const peek = async (input: AsyncIterable<Uint8Array>, bytes: number): Promise<Peeked> => {
  const pieces = createPieces(input);
  const seen: Buffer[] = [];
  let failure: { readonly error: unknown } | undefined;
  try {
    for (let length = 0; length < bytes; ) {
      const piece = await pieces.next();
      if (piece === undefined) break;
      seen.push(piece);
      length += piece.length;
    }
  } catch (error) {
    failure = { error };
  }

  async function* stream(): AsyncGenerator<Buffer> {
    try {
      yield* seen;
      if (failure) throw failure.error;
      for (let piece = await pieces.next(); piece !== undefined; piece = await pieces.next()) yield piece;
    } finally {
      await pieces.close();
    }
  }
  const head = Buffer.concat(seen).subarray(0, bytes);
  return { head, ...(failure && { failure }), stream: stream(), close: pieces.close };
};
