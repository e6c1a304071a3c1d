import { describe, expect, it } from 'vitest';
import { createPieces } from '../../lib/read/pieces.ts';

async function* given(...pieces: string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece);
}

describe('createPieces', () => {
  it('gives pieces that hold something, then nothing', async () => {
    const pieces = createPieces(given('', 'ab', '', 'c'));
    const read = [await pieces.next(), await pieces.next(), await pieces.next(), await pieces.next()];
    expect(read.map((piece) => piece?.toString())).toEqual(['ab', 'c', undefined, undefined]);
  });

  it('takes a count of bytes across pieces, fewer at the end only', async () => {
    const pieces = createPieces(given('ab', 'cdef', 'g'));
    expect(String(await pieces.take(3))).toBe('abc');
    expect(String(await pieces.take(0))).toBe('');
    expect(String(await pieces.take(9))).toBe('defg');
    expect(String(await pieces.take(9))).toBe('');
  });

  it('gives again what was put back, and knows where it stands', async () => {
    const pieces = createPieces(given('abc', 'def'));
    expect(String(await pieces.take(2))).toBe('ab');
    pieces.putBack(Buffer.from('b'));
    expect(pieces.offset()).toBe(1);
    expect(String(await pieces.take(4))).toBe('bcde');
    expect(pieces.offset()).toBe(5);
    pieces.putBack(Buffer.alloc(0));
    expect(String(await pieces.next())).toBe('f');
  });
});
