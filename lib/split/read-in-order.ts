import { readVerdict, tooSlowToRead } from '../plan/read-time.ts';
import { decompressMembers, type MemberBorder, type StreamCompression } from '../read/decompress.ts';
import type { SourcePlan, SplitDependencies } from './source-plan.ts';

/** Share of the time given in which a stream has to be read that cannot be continued. */
const USABLE_SHARE = 0.8;

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

export const START: MemberBorder = { compressedOffset: 0, decompressedOffset: 0 };

/**
 * Reads a source in order.
 *
 * @param from where reading begins
 * @param skipTo what comes before this offset of the decompressed source is not given
 * @throws (from `bytes`) {ReadError} what reading and decompressing throw
 * @throws (from `bytes`) {PlanError} `SOURCE_TOO_SLOW` for one compressed stream that cannot be read in time
 */
export const readInOrder = (
  plan: SourcePlan,
  { from, skipTo }: { readonly from: MemberBorder; readonly skipTo: number },
  dependencies: SplitDependencies,
): OrderedStream => {
  const { compression } = plan.source;
  return compression === 'none'
    ? readPlain(plan, skipTo, dependencies)
    : readCompressed(plan, { compression, from, skipTo }, dependencies);
};

const readPlain = (
  { object }: SourcePlan,
  start: number,
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
  { compression, from, skipTo }: { compression: StreamCompression; from: MemberBorder; skipTo: number },
  { openSource, remainingMs }: SplitDependencies,
): OrderedStream => {
  const usableMs = remainingMs() * USABLE_SHARE;
  const startMs = remainingMs();
  const borders: MemberBorder[] = [];
  let compressedBytesRead = 0;
  let isSure = from.compressedOffset > 0;

  async function* counted(): AsyncGenerator<Uint8Array> {
    const range = { start: from.compressedOffset, end: object.sizeBytes };
    for await (const piece of openSource(object).read(range)) {
      compressedBytesRead += piece.length;
      yield piece;
    }
  }

  const judge = (): void => {
    if (isSure) return;
    const pace = { compressedBytesRead, elapsedMs: startMs - remainingMs(), sizeBytes: object.sizeBytes };
    const verdict = readVerdict(pace, usableMs);
    if (verdict === 'too-slow') throw tooSlowToRead(source.uri, pace, usableMs);
    isSure = verdict === 'fits';
  };

  async function* bytes(): AsyncGenerator<Buffer> {
    let offset = from.decompressedOffset;
    for await (const part of decompressMembers(compression, counted(), { from })) {
      if (part.kind === 'border') {
        borders.push(part);
        // It can be continued from here, so its size does not matter.
        isSure = true;
        continue;
      }
      judge();
      const skipped = Math.min(part.bytes.length, Math.max(0, skipTo - offset));
      offset += part.bytes.length;
      if (skipped < part.bytes.length) yield part.bytes.subarray(skipped);
    }
    isSure = true;
  }

  return {
    bytes: bytes(),
    placeBefore: (offset) => {
      while (borders.length > 1 && borders[1]!.decompressedOffset <= offset) borders.shift();
      const [first] = borders;
      return first && first.decompressedOffset <= offset ? first : undefined;
    },
    isSure: () => isSure,
  };
};
