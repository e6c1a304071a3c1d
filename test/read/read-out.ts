/** What could be read, and why it ended. */
export const readOut = async (
  stream: AsyncIterable<Uint8Array>,
): Promise<{ readonly bytes: Buffer; readonly longest: number; readonly error?: unknown }> => {
  const pieces: Uint8Array[] = [];
  let longest = 0;
  try {
    for await (const piece of stream) {
      pieces.push(piece);
      longest = Math.max(longest, piece.length);
    }
  } catch (error) {
    return { bytes: Buffer.concat(pieces), longest, error };
  }
  return { bytes: Buffer.concat(pieces), longest };
};

/** `bytes` in pieces of `pieceBytes`. */
export async function* inPieces(bytes: Uint8Array, pieceBytes = 1_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}
