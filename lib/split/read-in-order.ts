import { PlanError } from '../plan/plan-error.ts';
import { tooSlowToRead } from '../plan/read-time.ts';
import type { ByteLimit } from '../read/byte-limit.ts';
import {
  decompressMembers,
  isStreamCompression,
  type MemberBorder,
  type StreamCompression,
} from '../read/decompress.ts';
import { isEndOfReading } from '../read/end-of-reading.ts';
import { createPaceJudge, type PaceJudge } from './pace-judge.ts';
import type { RunTime } from './run-time.ts';
import type { SourcePlan, SplitDependencies } from './source-plan.ts';

/** A decompressed source, read from a place on which another process may have found. */
export interface OrderedStream {
  readonly bytes: AsyncGenerator<Buffer>;
  /**
   * The last place at or before `offset`, of the decompressed source, from which another process can go on reading;
   * undefined where that is no further than where this one began.
   */
  placeBefore(offset: number): MemberBorder | undefined;
  /** Whether it is certain that the source can be read to its end: until then nothing should be sent. */
  isSure(): boolean;
}

export interface ReadOptions {
  /** Where reading begins. */
  readonly from: MemberBorder;
  /** What comes before this offset of the decompressed source is not given. */
  readonly skipTo: number;
  readonly time: RunTime;
  /** Told of what is decompressed. */
  readonly limit: ByteLimit;
}

export const START: MemberBorder = { compressedOffset: 0, decompressedOffset: 0 };

/**
 * Reads a source in order.
 *
 * @throws (from `bytes`) {ReadError} what reading and decompressing throw
 * @throws (from `bytes`) {PlanError} `SOURCE_TOO_SLOW` for one compressed stream that cannot be read in time
 */
export const readInOrder = (
  plan: SourcePlan,
  options: ReadOptions,
  dependencies: SplitDependencies,
): OrderedStream => {
  const stream =
    plan.source.compression === 'none'
      ? readPlain(plan, options, dependencies)
      : readCompressed(plan, options, dependencies);
  return { ...stream, bytes: untilOver(stream.bytes, { what: plan.source.uri, time: options.time }) };
};

const readPlain = (
  { object }: SourcePlan,
  { skipTo: start }: ReadOptions,
  { openSource }: SplitDependencies,
): OrderedStream => ({
  bytes: toBuffers(openSource(object).read({ start, end: object.sizeBytes })),
  placeBefore: (offset) =>
    offset > start ? { compressedOffset: offset, decompressedOffset: offset } : undefined,
  isSure: () => true,
});

async function* toBuffers(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const piece of pieces) yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
}

const readCompressed = (
  { source, object }: SourcePlan,
  { from, skipTo, time, limit }: ReadOptions,
  { openSource }: SplitDependencies,
): OrderedStream => {
  const range = { start: from.compressedOffset, end: object.sizeBytes };
  const judge = createPaceJudge({
    sizeBytes: object.sizeBytes,
    time,
    tooSlow: (pace, usableMs) => tooSlowToRead(source, pace, usableMs),
  });
  const { compression } = source;
  const stream = streamCompression(compression);
  const borders: MemberBorder[] = [];
  let compressedBytesRead = 0;
  if (from.compressedOffset > 0) judge.settle();

  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const piece of openSource(object).read(range)) {
      compressedBytesRead += piece.length;
      yield piece;
    }
  }

  async function* bytes(): AsyncGenerator<Buffer> {
    let offset = from.decompressedOffset;
    for await (const part of decompressMembers(stream, counted(), { from, limit })) {
      if (part.kind === 'border') {
        // What is read of a tar depends on all that is before.
        if (compression === 'tar.gz') continue;
        borders.push(part);
        // It can be continued from here, so its size does not matter.
        judge.settle();
        continue;
      }
      judge.judge(compressedBytesRead);
      const skipped = Math.min(part.bytes.length, Math.max(0, skipTo - offset));
      offset += part.bytes.length;
      if (skipped < part.bytes.length) yield part.bytes.subarray(skipped);
    }
  }

  return {
    bytes: settled(bytes(), judge),
    placeBefore: (offset) => {
      while (borders.length > 1 && borders[1]!.decompressedOffset <= offset) borders.shift();
      const [first] = borders;
      return first && first.decompressedOffset <= offset ? first : undefined;
    },
    isSure: judge.isSure,
  };
};

const streamCompression = (compression: SourcePlan['source']['compression']): StreamCompression => {
  const stream = compression === 'tar.gz' ? 'gzip' : compression;
  if (isStreamCompression(stream)) return stream;
  throw new Error(`A source in ${compression} is not read as one stream.`);
};

/** However the stream ends: once it has, no time is needed for it. */
export async function* settled(stream: AsyncIterable<Buffer>, judge: PaceJudge): AsyncGenerator<Buffer> {
  try {
    yield* stream;
    judge.settle();
  } catch (error) {
    if (isEndOfReading(error)) judge.settle();
    throw error;
  }
}

/** @throws {PlanError} `SOURCE_TOO_SLOW` when the time is over, after what was read until then */
export async function* untilOver(
  stream: AsyncIterable<Buffer>,
  { what, time }: { readonly what: string; readonly time: RunTime },
): AsyncGenerator<Buffer> {
  let readBytes = 0;
  for await (const piece of stream) {
    readBytes += piece.length;
    yield piece;
    if (!time.isOver()) continue;
    throw new PlanError(
      'SOURCE_TOO_SLOW',
      `${what} could not be read through in ${Math.round(time.givenMs / 1000)} s; of the ${readBytes} decompressed bytes that were, whole chunks are imported. Drop it uncompressed, or in smaller files.`,
    );
  }
}
