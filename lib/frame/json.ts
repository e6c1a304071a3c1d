import type { ByteSource } from '../read/byte-source.ts';
import type { Cutter, CutterOptions, Format, FrameOptions } from './format.ts';
import { createJsonFramer, recordsMissing } from './json-framer.ts';
import { jsonLayoutOf } from './json-layout.ts';
import { createJsonScanner, type JsonShape } from './json-scan.ts';
import { frameRange, headerFor } from './pieces.ts';
import type { FramedRecord } from './record.ts';

/** JSON in arrays, at a path of keys, or one record behind another, over any lines. */
export const json: Format = {
  name: 'json',
  fileNames: /\.json$/i,
  looksLike: (head) => jsonLayoutOf(head) === 'json',
  cut: 'stream',
  createCutter: (options) => createJsonCutter(options),
  frame: (source, options) => frameJson(source, options),
};

/** What a chunk from the middle of the file must know. */
interface JsonHeader {
  readonly shape: JsonShape;
}

async function* frameJson(
  source: ByteSource,
  options: FrameOptions,
): AsyncGenerator<readonly FramedRecord[]> {
  const { range, startsFile, endsFile, recordsPath, recordBytesMax, measure } = options;
  if (range.start >= range.end) return;
  const isFromStart = startsFile && range.start === 0;
  const header = isFromStart ? undefined : await headerFor(source, options, createJsonCutter);
  const framer = createJsonFramer({
    start: range.start,
    shape: shapeOf(header),
    recordsPath,
    endsFile: endsFile && range.end >= source.sizeBytes,
    recordBytesMax,
  });
  yield* frameRange(source, range, framer, measure);
}

/** Borders are behind objects, arrays and strings that are records: there the shape of the file is all there is to know. */
const createJsonCutter = ({ recordsPath, state }: CutterOptions): Cutter => {
  const scanner = createJsonScanner({ recordsPath, shape: shapeOf(state) });

  const advance = (bytes: Buffer, from: number): number => {
    for (let at = 0; at < bytes.length; ) {
      at = scanner.scan(bytes, at);
      const event = scanner.event();
      if (event === 'value' && at >= from) return at;
      if (event === 'other' && !scanner.hasArray()) throw recordsMissing(recordsPath, scanner.seen());
    }
    return -1;
  };

  const header = (): JsonHeader | undefined => {
    const shape = scanner.shape();
    return shape && { shape };
  };

  return { advance, header, state: header };
};

const shapeOf = (header: unknown): JsonShape | undefined => {
  const isObject = typeof header === 'object' && header !== null && 'shape' in header;
  return isObject && (header.shape === 'array' || header.shape === 'sequence') ? header.shape : undefined;
};
