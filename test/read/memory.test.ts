import { describe, expect, it } from 'vitest';
import { memorySource } from '../../lib/read/memory.ts';

const read = async (start: number, end: number): Promise<string[]> => {
  const pieces: string[] = [];
  for await (const piece of memorySource(Buffer.from('abcdefgh'), 3).read({ start, end }))
    pieces.push(Buffer.from(piece).toString());
  return pieces;
};

describe('memorySource', () => {
  it.each([
    [0, 8, ['abc', 'def', 'gh']],
    [2, 4, ['cd']],
    [6, 99, ['gh']],
    [3, 3, []],
    [9, 12, []],
  ])('reads %i to %i', async (start, end, expected) => {
    expect(await read(start, end)).toEqual(expected);
  });
});
