import { createLineFramer } from '../frame/lines.ts';
import type { FramedRecord } from '../frame/record.ts';
import type { Source } from '../plan/chunk.ts';
import type { ByteSource } from '../read/byte-source.ts';
import { decompress } from '../read/decompress.ts';
import { ReadError } from '../read/read-error.ts';

const KiB = 1024;

/** What a batch may hold, so that compression can be measured on a whole one. */
const HEAD_RECORDS_MAX = 2_000;
/** Longer than the longest record that recipes accept by default. */
const HEAD_BYTES_MAX = 1_280 * KiB;
const SPOT_RECORDS_MAX = 25;
const SPOT_BYTES_MAX = 256 * KiB;
/** Where to look further in, as shares of the source. */
const SPOTS = [0.3, 0.6, 0.9];
/** gzip that does not shrink its content still gives `HEAD_BYTES_MAX` of it. */
const GZIP_MARGIN_BYTES = 64 * KiB;

/** Records that stand together in a source. */
export interface Spot {
  /** Where reading began, in the (decompressed) source. */
  readonly offset: number;
  readonly records: readonly FramedRecord[];
}

/** A few records of a source; what they are depends on its bytes alone, not on how they arrive. */
export interface Sample {
  /** The beginning first, then the places further in. */
  readonly spots: readonly Spot[];
  /** Size of the source as it is stored. */
  readonly sourceBytes: number;
  readonly compression: Source['compression'];
  /** The sample is all of the source. */
  readonly isWhole: boolean;
  /** Why the source could not be read on, where it is damaged. */
  readonly damage?: string;
}

/** Sources of other formats and compressions are imported, but not looked at before. */
export const canBeSampled = ({ format, compression }: Pick<Source, 'format' | 'compression'>): boolean =>
  format === 'jsonl' && (compression === 'none' || compression === 'gzip');

export interface SampleOptions {
  readonly compression: Source['compression'];
  /** Longest record accepted, in bytes. */
  readonly recordBytesMax: number;
}

/**
 * Samples a source by at most four reads and 2 MiB: up to 2,000 records from its beginning and, where it can be
 * read by range, up to 25 at each of three places further in.
 *
 * @throws {ReadError} what the source throws; damaged gzip is a finding, not an error
 */
export const sampleSource = async (source: ByteSource, options: SampleOptions): Promise<Sample> => {
  const common = { sourceBytes: source.sizeBytes, compression: options.compression };
  if (options.compression === 'gzip') {
    const { isAtEnd, damage, ...head } = await readGzipHead(source, options);
    return { ...common, spots: [head], isWhole: isAtEnd, ...(damage === undefined ? {} : { damage }) };
  }
  const head = await readSpot(source, 0, { ...HEAD, ...options });
  const spots = [spotOf(head)];
  for (const start of SPOTS.map((share) => Math.floor(source.sizeBytes * share))) {
    if (head.isAtEnd || start <= head.nextOffset) continue;
    spots.push(spotOf(await readSpot(source, start, { ...FURTHER_IN, ...options })));
  }
  return { ...common, spots, isWhole: head.isAtEnd };
};

interface SpotLimits {
  readonly recordsMax: number;
  readonly bytesMax: number;
}

const HEAD: SpotLimits = { recordsMax: HEAD_RECORDS_MAX, bytesMax: HEAD_BYTES_MAX };
const FURTHER_IN: SpotLimits = { recordsMax: SPOT_RECORDS_MAX, bytesMax: SPOT_BYTES_MAX };

interface ReadSpot extends Spot {
  /** All of the source was taken. */
  readonly isAtEnd: boolean;
  /** First byte that was not taken. */
  readonly nextOffset: number;
}

const spotOf = ({ offset, records }: ReadSpot): Spot => ({ offset, records });

const readSpot = (
  source: ByteSource,
  start: number,
  limits: SpotLimits & SampleOptions,
): Promise<ReadSpot> => {
  const end = Math.min(start + limits.bytesMax, source.sizeBytes);
  return frameSpot(source.read({ start, end }), {
    ...limits,
    start,
    end,
    endsSource: end === source.sizeBytes,
  });
};

const readGzipHead = async (
  source: ByteSource,
  options: SampleOptions,
): Promise<ReadSpot & { damage?: string }> => {
  const end = Math.min(HEAD_BYTES_MAX + GZIP_MARGIN_BYTES, source.sizeBytes);
  const isAll = end === source.sizeBytes;
  const stream = untilDamaged(decompress('gzip', source.read({ start: 0, end })));
  const place = { start: 0, end: HEAD_BYTES_MAX, endsSource: isAll };
  const spot = await frameSpot(stream.pieces, { ...HEAD, ...options, ...place });
  const damage = isAll ? stream.damage() : undefined;
  return damage === undefined ? spot : { ...spot, damage };
};

/** The bytes up to where the gzip breaks, or is cut because only its beginning was read. */
const untilDamaged = (stream: AsyncIterable<Buffer>) => {
  let damage: string | undefined;
  async function* pieces(): AsyncGenerator<Buffer> {
    try {
      yield* stream;
    } catch (error) {
      if (!(error instanceof ReadError) || error.code !== 'SOURCE_CORRUPT') throw error;
      damage = error.message;
    }
  }
  return { pieces: pieces(), damage: () => damage };
};

interface FrameSpotOptions extends SpotLimits, SampleOptions {
  readonly start: number;
  readonly end: number;
  /** No byte follows the last of the pieces. */
  readonly endsSource: boolean;
}

const frameSpot = async (
  pieces: AsyncIterable<Uint8Array>,
  { start, end, endsSource, recordsMax, recordBytesMax }: FrameSpotOptions,
): Promise<ReadSpot> => {
  const framer = createLineFramer({
    start,
    end,
    skipPartial: start > 0,
    startsFile: start === 0,
    lineBytesMax: recordBytesMax,
  });
  const records: FramedRecord[] = [];
  let room = end - start;
  let isExhausted = true;
  for await (const piece of pieces) {
    const taken = piece.subarray(0, room);
    records.push(...framer.push(Buffer.from(taken.buffer, taken.byteOffset, taken.length)));
    room -= taken.length;
    isExhausted = taken.length === piece.length;
    if (records.length > recordsMax || !isExhausted) break;
  }
  if (endsSource && isExhausted) records.push(...framer.finish());
  const isAtEnd = endsSource && isExhausted && records.length <= recordsMax;
  const nextOffset = records.at(Math.min(records.length, recordsMax) - 1)?.nextOffset ?? end - room;
  return { offset: start, records: records.slice(0, recordsMax), isAtEnd, nextOffset };
};
