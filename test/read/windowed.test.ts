import { describe, expect, it } from 'vitest';
import { memorySource } from '../../lib/read/memory.ts';
import { readWhole } from '../../lib/read/read-whole.ts';
import { windowedSource } from '../../lib/read/windowed.ts';
import { countingSource } from './counting-source.ts';

const letters = Buffer.from('abcdefghijklmnopqrstuvwxyz');
const open = () => {
  const source = countingSource(memorySource(letters));
  const windowed = windowedSource(source, { windowBytes: 8, windowsMax: 2 });
  const read = async (start: number, end: number) => (await readWhole(windowed, { start, end })).toString();
  return { read, ranges: source.ranges };
};

describe('windowedSource', () => {
  it('reads what lies close together in one request', async () => {
    const { read, ranges } = open();
    expect([await read(4, 6), await read(6, 12), await read(4, 12)]).toEqual(['ef', 'ghijkl', 'efghijkl']);
    expect(ranges).toEqual([{ start: 4, end: 12 }]);
  });

  it('reads no further than the source goes', async () => {
    const { read, ranges } = open();
    expect(await read(24, 26)).toBe('yz');
    expect(ranges).toEqual([{ start: 24, end: 26 }]);
  });

  it('goes past its windows for more than one of them holds', async () => {
    const { read, ranges } = open();
    expect([await read(0, 9), await read(0, 9)]).toEqual(['abcdefghi', 'abcdefghi']);
    expect(ranges.length).toBe(2);
  });

  it('drops the window that was used longest ago', async () => {
    const { read, ranges } = open();
    for (const start of [0, 10, 0, 18, 0, 10]) await read(start, start + 1);
    expect(ranges.map(({ start }) => start)).toEqual([0, 10, 18, 10]);
  });
});
