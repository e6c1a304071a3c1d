import { describe, expect, it } from 'vitest';
import { readBounded } from '../../lib/send/bounded-text.ts';

describe('readBounded', () => {
  it('joins pieces, and characters cut by them', async () => {
    const bytes = Buffer.from('añ😀z');
    const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));
    expect(await readBounded(streamOf(pieces), bytes.length)).toEqual({
      bodyText: 'añ😀z',
      truncated: false,
    });
  });

  it('keeps the beginning of a stream that is too long, and gives it up', async () => {
    let given = 0;
    let givenUp = false;
    async function* endless() {
      try {
        for (; given < 1_000; given++) yield Buffer.from('abc');
      } finally {
        givenUp = true;
      }
    }
    expect(await readBounded(endless(), 7)).toEqual({ bodyText: 'abcabca', truncated: true });
    expect(given).toBe(2);
    expect(givenUp).toBe(true);
  });

  it('replaces bytes that are not UTF-8', async () => {
    const { bodyText } = await readBounded(streamOf([Uint8Array.of(0x61, 0xff)]), 9);
    expect(bodyText).toBe('a\ufffd');
  });

  it('fails as the stream fails', async () => {
    await expect(readBounded(broken(), 9)).rejects.toThrow('reset');
  });
});

async function* streamOf(pieces: readonly Uint8Array[]) {
  yield* pieces;
}

async function* broken() {
  yield Buffer.from('a');
  throw new Error('reset');
}
