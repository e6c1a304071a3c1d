import { describe, expect, it } from 'vitest';
import {
  beginLine,
  createLineSlab,
  lineOf,
  putByte,
  putBytes,
} from '../../../lib/transform/splice/line-slab.ts';

const textOf = (slab: Parameters<typeof lineOf>[0]): string => {
  const { bytes, start, end } = lineOf(slab);
  return bytes.toString('utf8', start, end);
};

describe('a slab of lines', () => {
  it('holds one line behind another, short pieces and long ones', () => {
    const slab = createLineSlab();
    const long = Buffer.from('x'.repeat(1_000));
    beginLine(slab, 1_001);
    putBytes(slab, long, 0, 1_000);
    putByte(slab, 0x0a);
    expect(textOf(slab)).toBe(`${long}\n`);
    beginLine(slab, 3);
    putBytes(slab, Buffer.from('abcde'), 1, 4);
    expect(textOf(slab)).toBe('bcd');
    expect(lineOf(slab).start).toBe(1_001);
  });

  it('refuses a line that is longer than it was told, of which a part is lost', () => {
    const slab = createLineSlab();
    beginLine(slab, 300_000);
    putBytes(slab, Buffer.alloc(300_001), 0, 300_001);
    expect(() => lineOf(slab)).toThrow('The line is 1 bytes longer than was said.');
  });
});
