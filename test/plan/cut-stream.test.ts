import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameJsonl, jsonl } from '../../lib/frame/jsonl.ts';
import { type CutOptions, cutStream, type StreamCut } from '../../lib/plan/cut-stream.ts';
import { memorySource } from '../../lib/read/memory.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import { fileBytes } from '../frame/file-bytes.ts';
import { naiveLines, type PlainLine, plainLine } from '../frame/naive-lines.ts';

async function* piecesOf(bytes: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

type Options = Omit<CutOptions, 'cutter' | 'keepsBytes'>;

const stage = async (stream: AsyncIterable<Buffer>, options: Options): Promise<StreamCut[]> => {
  const cuts: StreamCut[] = [];
  const cutter = jsonl.createCutter!(parseRecipe({}));
  for await (const cut of cutStream(stream, { ...options, cutter, keepsBytes: true })) cuts.push(cut);
  return cuts;
};

const frameChunks = async (chunks: readonly StreamCut[], recordBytesMax: number): Promise<PlainLine[]> => {
  const lines: PlainLine[] = [];
  for (const { start: offset, bytes } of chunks) {
    const frames = frameJsonl(memorySource(bytes, 7), {
      range: { start: 0, end: bytes.length },
      borders: 'lines',
      startsFile: offset === 0,
      recordBytesMax,
    });
    for await (const records of frames) lines.push(...records.map((record) => plainLine(record, offset)));
  }
  return lines;
};

const size = fc.integer({ min: 1, max: 60 });

describe('cutStream', () => {
  it('gives chunks that hold each line of any stream once, oversized ones too', async () => {
    await fc.assert(
      fc.asyncProperty(fileBytes, size, size, size, async (file, pieceBytes, chunkBytes, recordBytesMax) => {
        const chunks = await stage(piecesOf(file, pieceBytes), { chunkBytes, recordBytesMax });
        expect(await frameChunks(chunks, recordBytesMax)).toEqual(naiveLines(file, recordBytesMax));
      }),
      { numRuns: 500 },
    );
  });

  it('cuts at the same places however the stream is cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fileBytes, size, size, size, async (file, pieceBytes, chunkBytes, recordBytesMax) => {
        const options = { chunkBytes, recordBytesMax };
        const whole = await stage(piecesOf(file, file.length || 1), options);
        expect(await stage(piecesOf(file, pieceBytes), options)).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  it('ends each chunk with the first line that reaches chunkBytes', async () => {
    const chunks = await stage(piecesOf(Buffer.from('aa\nbb\ncc\ndd\ne'), 2), {
      chunkBytes: 4,
      recordBytesMax: 100,
    });
    expect(chunks.map(({ start, bytes }) => [start, bytes.toString()])).toEqual([
      [0, 'aa\nbb\n'],
      [6, 'cc\ndd\n'],
      [12, 'e'],
    ]);
  });

  it('keeps no more of an endless line than shows that it is too long', async () => {
    const file = Buffer.from(`a\n${'x'.repeat(50_000)}\nb\n`);
    const chunks = await stage(piecesOf(file, 1_000), { chunkBytes: 100, recordBytesMax: 200 });
    expect(chunks.map(({ start, bytes }) => [start, bytes.length])).toEqual([
      [0, 364],
      [50_003, 2],
    ]);
  });

  it.each([1, 4, 100])(
    'calls the part last with which the stream ends, also at a border (%d)',
    async (pieceBytes) => {
      const options = { chunkBytes: 3, recordBytesMax: 10 };
      const lastOf = async (text: string): Promise<boolean[]> =>
        (await stage(piecesOf(Buffer.from(text), pieceBytes), options)).map(({ isLast }) => isLast);
      expect(await lastOf('aa\nbb\n')).toEqual([false, true]);
      expect(await lastOf('aa\nbb\nc')).toEqual([false, false, true]);
    },
  );

  it('gives nothing for an empty stream', async () => {
    expect(await stage(piecesOf(Buffer.alloc(0), 1), { chunkBytes: 4, recordBytesMax: 4 })).toEqual([]);
  });

  it.each([
    ['whole chunks only, where a second run may read further', false, ['aa\n', 'bb\n']],
    ['all of it, where the stream ends for good', true, ['aa\n', 'bb\n', 'c']],
  ])('gives what came before a failure, then fails: %s', async (_, isEnd, expected) => {
    async function* breaking(): AsyncGenerator<Buffer> {
      yield Buffer.from('aa\nbb\nc');
      throw new Error('broken');
    }
    const cutter = jsonl.createCutter!(parseRecipe({}));
    const options = { cutter, keepsBytes: true, chunkBytes: 3, recordBytesMax: 10, isEnd: () => isEnd };
    const chunks: string[] = [];
    const run = async () => {
      for await (const { bytes } of cutStream(breaking(), options)) chunks.push(bytes.toString());
    };
    await expect(run()).rejects.toThrow('broken');
    expect(chunks).toEqual(expected);
  });
});
