import { describe, expect, it } from 'vitest';
import { peek } from '../../lib/read/peek.ts';
import { eventLikeText } from './fixtures.ts';
import { inPieces, readOut } from './read-out.ts';

const text = eventLikeText(10_000);

describe('peek', () => {
  it.each([0, 1, 999, 1_000, 9_999, 10_000, 20_000])(
    'shows %i bytes, and gives all of them again',
    async (bytes) => {
      const { head, stream, failure } = await peek(inPieces(text, 1_000), bytes);
      expect(head.equals(text.subarray(0, bytes))).toBe(true);
      expect(failure).toBeUndefined();
      expect((await readOut(stream)).bytes.equals(text)).toBe(true);
    },
  );

  it.each([500, 5_000])(
    'gives what the stream throws in its place, after %i bytes were looked at',
    async (bytes) => {
      const broken = new Error('broken');
      async function* input() {
        yield text.subarray(0, 2_000);
        throw broken;
      }
      const { head, failure, stream } = await peek(input(), bytes);
      expect(head.length).toBe(Math.min(bytes, 2_000));
      expect(failure?.error).toBe(bytes > 2_000 ? broken : undefined);
      const { bytes: read, error } = await readOut(stream);
      expect(read.length).toBe(2_000);
      expect(error).toBe(broken);
    },
  );

  it('ends a stream that was only looked at', async () => {
    let isEnded = false;
    async function* input() {
      try {
        for (;;) yield text;
      } finally {
        isEnded = true;
      }
    }
    const { close } = await peek(input(), 10);
    await close();
    expect(isEnded).toBe(true);
  });
});
