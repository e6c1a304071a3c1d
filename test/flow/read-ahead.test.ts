import { setImmediate as tick } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readAhead } from '../../lib/flow/read-ahead.ts';

/** Groups of `size` numbers, and how many have been read. */
const countingGroups = (groups: number, size: number) => {
  const read = { items: 0, isEnded: false };
  async function* generate(): AsyncGenerator<number[]> {
    try {
      for (let group = 0; group < groups; group++) {
        await tick();
        read.items += size;
        yield Array.from({ length: size }, (_, i) => group * size + i);
      }
    } finally {
      read.isEnded = true;
    }
  }
  return { read, groups: generate() };
};

const upTo = (itemsMax: number, bytesMax = 1_000_000) => ({ itemsMax, bytesMax, bytesOf: () => 4 });

const settle = async (): Promise<void> => {
  for (let i = 0; i < 200; i++) await tick();
};

describe('readAhead', () => {
  it('gives every item once, in order', async () => {
    const { groups } = countingGroups(50, 7);
    const items: number[] = [];
    for await (const group of readAhead(groups, upTo(20))) items.push(...group);
    expect(items).toEqual(Array.from({ length: 350 }, (_, i) => i));
  });

  it.each([
    [16, 20],
    [100, 110],
    [500, 500],
  ])('has at most one group more than %i items waiting while nobody takes any', async (highWater, atMost) => {
    const { read, groups } = countingGroups(200, 10);
    const items = readAhead(groups, upTo(highWater));
    await items.next();
    await settle();
    expect(read.items - 10).toBeGreaterThanOrEqual(highWater);
    expect(read.items - 10).toBeLessThanOrEqual(atMost);
    await items.return(undefined);
  });

  it('stops at the bytes that may wait, however few items they are', async () => {
    const { read, groups } = countingGroups(200, 10);
    const items = readAhead(groups, upTo(500, 400));
    await items.next();
    await settle();
    expect(read.items - 10).toBe(100);
    await items.return(undefined);
  });

  it('throws what reading throws, after the items before it', async () => {
    async function* breaking(): AsyncGenerator<number[]> {
      yield [1, 2];
      throw new Error('broken');
    }
    const items = readAhead(breaking(), upTo(100));
    expect(await items.next()).toEqual({ done: false, value: [1, 2] });
    await expect(items.next()).rejects.toThrow('broken');
  });

  it('ends reading when its consumer stops', async () => {
    const { read, groups } = countingGroups(1_000, 10);
    for await (const _ of readAhead(groups, upTo(50))) break;
    await settle();
    expect(read.isEnded).toBe(true);
    expect(read.items).toBeLessThan(200);
  });
});
