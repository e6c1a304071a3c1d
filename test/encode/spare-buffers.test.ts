import { describe, expect, it } from 'vitest';
import { createSpareBuffers } from '../../lib/encode/spare-buffers.ts';

describe('createSpareBuffers', () => {
  it('gives the memory of a buffer that was given back to one that fits into it', () => {
    const spare = createSpareBuffers(2);
    const first = spare.take(1_000);
    expect(first.length).toBe(1_000);
    spare.giveBack(first);
    const second = spare.take(400);
    expect(second.length).toBe(400);
    expect(second.buffer).toBe(first.buffer);
    spare.giveBack(second);
    expect(spare.take(1_000).buffer).toBe(first.buffer);
  });

  it('never gives the same memory twice at once', () => {
    const spare = createSpareBuffers(2);
    spare.giveBack(spare.take(10));
    expect(spare.take(10).buffer).not.toBe(spare.take(10).buffer);
    const small = spare.take(10);
    spare.giveBack(small);
    expect(spare.take(11).buffer).not.toBe(small.buffer);
  });

  it('keeps no more than it may, and the largest of them', () => {
    const spare = createSpareBuffers(2);
    const given = [300, 100, 200].map((bytes) => spare.take(bytes));
    for (const buffer of given) spare.giveBack(buffer);
    const taken = [1, 1, 1].map((bytes) => spare.take(bytes).buffer);
    expect(taken.map((buffer) => given.findIndex((one) => one.buffer === buffer))).toEqual([2, 0, -1]);
  });
});
