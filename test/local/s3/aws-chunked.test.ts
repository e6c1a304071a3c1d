import { describe, expect, it } from 'vitest';

import { decodeAwsChunked } from '../../../local/s3/aws-chunked.ts';

const body =
  '5\r\nhello\r\n6;chunk-signature=abc\r\n\r\nyou!\r\n0\r\nx-amz-checksum-crc32:AAAA\r\nX-Other: b:c \r\n\r\n';

async function decode(text: string, pieceBytes = text.length) {
  const trailers = new Map<string, string>();
  const parts: Uint8Array[] = [];
  for await (const part of decodeAwsChunked(pieces(text, pieceBytes), trailers)) parts.push(part);
  return { text: Buffer.concat(parts).toString(), trailers: Object.fromEntries(trailers) };
}

async function* pieces(text: string, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < text.length; start += pieceBytes) {
    yield Buffer.from(text.slice(start, start + pieceBytes));
  }
}

describe('decodeAwsChunked', () => {
  it.each([1, 2, 3, 7, 1000])('reads chunks and trailers from pieces of %i bytes', async (pieceBytes) => {
    expect(await decode(body, pieceBytes)).toEqual({
      text: 'hello\r\nyou!',
      trailers: { 'x-amz-checksum-crc32': 'AAAA', 'x-other': 'b:c' },
    });
  });

  it('reads a body without content or trailers', async () => {
    expect(await decode('0\r\n\r\n')).toEqual({ text: '', trailers: {} });
  });

  it.each([
    ['ends inside a chunk', '5\r\nhel', 'ends before'],
    ['ends before its trailers do', '0\r\na:b\r\n', 'ends before'],
    ['has no length', 'hello\r\n', 'hexadecimal length'],
    ['has more bytes than it says', '2\r\nhello\r\n0\r\n\r\n', 'longer than its header'],
    ['has a line without end', `${'0'.repeat(10_000)}`, 'longer than 4096'],
    ['has trailers without end', `0\r\n${'a:b\r\n'.repeat(100)}\r\n`, 'more than 16 trailers'],
  ])('refuses a body that %s', async (_, text, reason) => {
    await expect(decode(text)).rejects.toMatchObject({
      code: 'IncompleteBody',
      message: expect.stringContaining(reason),
    });
  });
});
