import { S3Error } from './errors.ts';

/** Longest chunk header or trailer line; a signature and an extension fit well. */
const lineBytesMax = 4096;
const trailersMax = 16;

/**
 * Decodes an `aws-chunked` body: hexadecimal length, line end, bytes, line end, and so on to a chunk of
 * length 0, then trailers. Signatures in chunk headers are not checked.
 *
 * @param source the encoded body, in pieces of any size
 * @param trailers filled, when the body has been read to its end, with names in lower case
 * @throws {S3Error} `IncompleteBody` when the body ends early or is not aws-chunked
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Uint8Array>,
  trailers: Map<string, string>,
): AsyncGenerator<Uint8Array> {
  const reader = byteReader(source);
  while (true) {
    let restBytes = parseLength(await reader.line());
    if (restBytes === 0) break;
    while (restBytes > 0) {
      const piece = await reader.bytes(restBytes);
      restBytes -= piece.length;
      yield piece;
    }
    if ((await reader.line()) !== '') throw malformed('a chunk is longer than its header says');
  }
  await readTrailers(reader.line, trailers);
}

function parseLength(header: string): number {
  const length = /^([0-9a-f]{1,12})(?:;|$)/i.exec(header)?.[1];
  if (length === undefined) throw malformed('a chunk header does not start with a hexadecimal length');
  return Number.parseInt(length, 16);
}

async function readTrailers(nextLine: () => Promise<string>, trailers: Map<string, string>): Promise<void> {
  for (let count = 0; count <= trailersMax; count += 1) {
    const line = await nextLine();
    if (line === '') return;
    const colon = line.indexOf(':');
    if (colon < 1) throw malformed('a trailer has no name');
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  throw malformed(`it has more than ${trailersMax} trailers`);
}

interface ByteReader {
  /** The next 1 to `bytesMax` bytes. */
  bytes(bytesMax: number): Promise<Uint8Array>;
  /** The next line, without its line end. */
  line(): Promise<string>;
}

function byteReader(source: AsyncIterable<Uint8Array>): ByteReader {
  const pieces = source[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);

  async function bytes(bytesMax: number): Promise<Uint8Array> {
    while (rest.length === 0) {
      const next = await pieces.next();
      if (next.done) throw malformed('it ends before its last chunk');
      rest = next.value;
    }
    const taken = rest.subarray(0, bytesMax);
    rest = rest.subarray(taken.length);
    return taken;
  }

  async function line(): Promise<string> {
    let text = '';
    while (text.length <= lineBytesMax) {
      if (rest.length === 0) rest = await bytes(Number.MAX_SAFE_INTEGER);
      const end = rest.indexOf(0x0a);
      const part = rest.subarray(0, end === -1 ? rest.length : end);
      text += Buffer.from(part).toString('latin1');
      rest = rest.subarray(part.length + (end === -1 ? 0 : 1));
      if (end !== -1) return text.replace(/\r$/, '');
    }
    throw malformed(`a line is longer than ${lineBytesMax} bytes`);
  }

  return { bytes, line };
}

function malformed(reason: string): S3Error {
  return new S3Error('IncompleteBody', `The aws-chunked body cannot be read: ${reason}.`);
}
