import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FrameOptions } from '../../lib/frame/format.ts';
import { frameJsonl } from '../../lib/frame/jsonl.ts';
import { cutRanges } from '../../lib/plan/ranges.ts';
import type { ByteSource } from '../../lib/read/byte-source.ts';
import { memorySource } from '../../lib/read/memory.ts';
import { countingSource } from '../read/counting-source.ts';
import { fileBytes } from './file-bytes.ts';
import { naiveLines, type PlainLine, plainLine } from './naive-lines.ts';

const frame = async (source: ByteSource, options: Partial<FrameOptions> = {}): Promise<PlainLine[]> => {
  const range = { start: 0, end: source.sizeBytes };
  const lines: PlainLine[] = [];
  const frames = frameJsonl(source, {
    range,
    borders: 'bytes',
    startsFile: true,
    recordBytesMax: 1_000,
    ...options,
  });
  for await (const records of frames) for (const record of records) lines.push(plainLine(record));
  return lines;
};

/** The lines of every range of `rangeBytes`, one range after another. */
const frameByRanges = async (source: ByteSource, rangeBytes: number, recordBytesMax: number) => {
  const lines: PlainLine[] = [];
  for (const range of cutRanges(source.sizeBytes, rangeBytes))
    lines.push(...(await frame(source, { range, recordBytesMax })));
  return lines;
};

describe('frameJsonl', () => {
  it('gives each line of any file exactly once, however it is cut into ranges and pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fileBytes,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 50 }),
        async (file, rangeBytes, pieceBytes, recordBytesMax) => {
          const lines = await frameByRanges(memorySource(file, pieceBytes), rangeBytes, recordBytesMax);
          expect(lines).toEqual(naiveLines(file, recordBytesMax));
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['spans two ranges', 12],
    ['spans many ranges', 2],
    ['ends where a range ends', 10],
    ['begins where a range begins', 5],
    ['is cut inside its CRLF', 9],
  ])('keeps a line that %s', async (_, rangeBytes) => {
    const file = Buffer.from('abc\r\n123456789\r\nxyz');
    expect(await frameByRanges(memorySource(file), rangeBytes, 100)).toEqual([
      { offset: 0, nextOffset: 5, text: 'abc' },
      { offset: 5, nextOffset: 16, text: '123456789' },
      { offset: 16, nextOffset: 19, text: 'xyz' },
    ]);
  });

  it('reads on behind a range for as long as its last line goes on', async () => {
    const file = Buffer.from(`{}\n${'x'.repeat(300_000)}\n{}`);
    const lines = await frame(memorySource(file), { range: { start: 0, end: 10 }, recordBytesMax: 400_000 });
    expect(lines.map(({ offset }) => offset)).toEqual([0, 3]);
    expect(lines[1]).toMatchObject({ nextOffset: 300_004 });
  });

  it('reads nothing of an empty range', async () => {
    const source = countingSource(memorySource(Buffer.from('a\nb\n')));
    expect(await frame(source, { range: { start: 2, end: 2 } })).toEqual([]);
    expect(source.ranges).toEqual([]);
  });

  it('goes on behind a place that a continuation names', async () => {
    const file = Buffer.from('aa\nbb\ncc\n');
    expect(await frame(memorySource(file), { range: { start: 3, end: 9 } })).toMatchObject([
      { text: 'bb' },
      { text: 'cc' },
    ]);
  });

  it('reads staged chunks as they are, without looking back or ahead', async () => {
    const source = countingSource(memorySource(Buffer.from('aa\nbb\ncc')));
    expect(await frame(source, { range: { start: 3, end: 8 }, borders: 'lines' })).toMatchObject([
      { text: 'bb' },
      { text: 'cc' },
    ]);
    expect(source.ranges).toEqual([{ start: 3, end: 8 }]);
  });
});

describe('frameJsonl: what is read', () => {
  const KiB = 1024;

  it('reads one byte before a range and little behind it', async () => {
    const line = `${JSON.stringify({ a: 'x'.repeat(90) })}\n`;
    const source = countingSource(memorySource(Buffer.from(line.repeat(10_000))));
    await frame(source, { range: { start: 100_000, end: 200_000 } });
    expect(source.ranges).toEqual([{ start: 99_999, end: 200_000 + 16 * KiB }]);
  });

  it('does not read an oversized last line to its end', async () => {
    const file = Buffer.concat([Buffer.from('{}\n'), Buffer.alloc(8 * 1024 * KiB, 'x')]);
    const source = countingSource(memorySource(file, 4 * KiB));
    const lines = await frame(source, { range: { start: 0, end: 100 }, recordBytesMax: 64 * KiB });
    expect(lines).toEqual([
      { offset: 0, nextOffset: 3, text: '{}' },
      { offset: 3, oversized: true },
    ]);
    expect(source.bytesRead()).toBeLessThanOrEqual(3 + 64 * KiB + 2 * 4 * KiB);
  });

  it('does not read past a range that stands inside one huge line', async () => {
    const source = countingSource(memorySource(Buffer.alloc(1024 * KiB, 'x'), 4 * KiB));
    expect(await frame(source, { range: { start: 100 * KiB, end: 200 * KiB } })).toEqual([]);
    expect(source.bytesRead()).toBeLessThanOrEqual(104 * KiB);
  });

  it('reads one huge line once over all its ranges', async () => {
    const file = Buffer.alloc(1024 * KiB, 'x');
    const source = countingSource(memorySource(file, 4 * KiB));
    expect(await frameByRanges(source, 64 * KiB, KiB)).toEqual([{ offset: 0, oversized: true }]);
    expect(source.bytesRead()).toBeLessThanOrEqual(file.length + 16 * 4 * KiB);
  });

  it('hands on what the source throws', async () => {
    const source: ByteSource = {
      sizeBytes: 10,
      async *read() {
        yield Buffer.from('a\nb');
        throw new Error('gone');
      },
    };
    await expect(frame(source)).rejects.toThrow('gone');
  });
});
