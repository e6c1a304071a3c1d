import { snappyUncompressor } from 'hysnappy';

/** WebAssembly, which is made when the first snappy stream comes. Its memory grows to what the longest one needs. */
let decompress: ReturnType<typeof snappyUncompressor> | undefined;

/** What a snappy stream says it decompresses to, in bytes. */
export const snappyLength = (bytes: Uint8Array): number => {
  let length = 0;
  for (let at = 0; at < Math.min(5, bytes.length); at++) {
    length += (bytes[at]! & 0x7f) * 2 ** (7 * at);
    if (bytes[at]! < 0x80) break;
  }
  return length;
};

/**
 * Decompresses snappy. As much is written as the stream says, so what that says is checked first.
 *
 * @throws {Error} where the stream is broken or is not `length` bytes
 */
export const unsnap = (bytes: Uint8Array, length: number): Uint8Array => {
  const said = snappyLength(bytes);
  if (said !== length) throw new Error(`snappy says ${said} bytes where ${length} are meant`);
  decompress ??= snappyUncompressor();
  return decompress(bytes, length);
};
