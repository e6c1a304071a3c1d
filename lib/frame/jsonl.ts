import type { ByteRange, ByteSource } from '../read/byte-source.ts';
import type { Cutter, Format, FrameOptions } from './format.ts';
import { jsonLayoutOf } from './json-layout.ts';
import { createRunFramer } from './line-runs.ts';
import { createLineFramer, type LineFramerOptions } from './lines.ts';
import { run, toBuffer } from './pieces.ts';
import type { FramedRecord, RecordRun } from './record.ts';

const NEWLINE = 0x0a;
/** Read past the end of a range along with it, so that finishing its last line seldom costs a read of its own. */
const LOOKAHEAD_BYTES = 16 * 1024;

/** JSON lines: one record a line, so that a file is cut by arithmetic. */
export const jsonl: Format = {
  name: 'jsonl',
  fileNames: /\.(jsonl|ndjson|txt|log)$/i,
  looksLike: (head) => jsonLayoutOf(head) === 'jsonl',
  cut: 'ranges',
  createCutter: () => lineCutter,
  frame: (source, options) => frameJsonl(source, options),
  frameRuns: (source, options) => frameJsonlRuns(source, options),
};

/** A line says nothing about another one. */
const lineCutter: Cutter = {
  advance: (bytes, from) => bytes.indexOf(NEWLINE, Math.max(0, from - 1)) + 1 || -1,
  header: () => undefined,
  state: () => null,
};

type LineOptions = Pick<FrameOptions, 'range' | 'borders' | 'startsFile' | 'recordBytesMax' | 'measure'>;

/**
 * The lines of a range, in order; those that one read completes come together. A line belongs to the range
 * that holds its first byte, so over any cut of an object into ranges each line comes exactly once.
 *
 * @throws {ReadError} whatever the source throws
 */
export const frameJsonl = (source: ByteSource, options: LineOptions): AsyncGenerator<FramedRecord[]> =>
  frameLines(source, options, createLineFramer);

/** The same, with lines kept together where nothing sets one of them apart. */
export const frameJsonlRuns = (
  source: ByteSource,
  options: LineOptions,
): AsyncGenerator<(FramedRecord | RecordRun)[]> => frameLines(source, options, createRunFramer);

interface Framer<Framed> {
  push(bytes: Buffer): Framed[];
  finish(): Framed[];
  isDone(): boolean;
}

async function* frameLines<Framed>(
  source: ByteSource,
  { range, borders, startsFile, recordBytesMax, measure = run }: LineOptions,
  createFramer: (options: LineFramerOptions) => Framer<Framed>,
): AsyncGenerator<Framed[]> {
  if (range.start >= range.end) return;
  const looksBack = borders === 'bytes' && range.start > 0;
  const start = looksBack ? range.start - 1 : range.start;
  const framer = createFramer({
    start,
    end: range.end,
    skipPartial: looksBack,
    startsFile,
    lineBytesMax: recordBytesMax,
  });
  const lookahead = borders === 'bytes' ? LOOKAHEAD_BYTES : 0;
  for (const read of readsFrom(start, range.end + lookahead, source.sizeBytes)) {
    for await (const piece of source.read(read)) {
      yield measure(() => framer.push(toBuffer(piece)));
      if (framer.isDone()) return;
    }
  }
  yield framer.finish();
}

/** The range first; then, for a last line that goes on, reads that double in length up to the end of the object. */
function* readsFrom(start: number, end: number, sizeBytes: number): Generator<ByteRange> {
  let length = LOOKAHEAD_BYTES;
  let read = { start, end: Math.min(end, sizeBytes) };
  while (read.start < read.end) {
    yield read;
    length *= 2;
    read = { start: read.end, end: Math.min(read.end + length, sizeBytes) };
  }
}
