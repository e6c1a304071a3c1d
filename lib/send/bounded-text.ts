/** The text of a stream, or its beginning. */
export interface BoundedText {
  readonly bodyText: string;
  readonly truncated: boolean;
}

/**
 * Reads a stream as UTF-8; bytes that are not become U+FFFD.
 *
 * @param bytesMax where reading stops, and the stream is given up
 */
export const readBounded = async (
  stream: AsyncIterable<Uint8Array>,
  bytesMax: number,
): Promise<BoundedText> => {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of stream) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > bytesMax) break;
  }
  const kept = Buffer.concat(pieces, Math.min(bytes, bytesMax));
  return { bodyText: kept.toString('utf8'), truncated: bytes > bytesMax };
};
