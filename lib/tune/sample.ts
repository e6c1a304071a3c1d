import type { FrameOptions } from '../frame/format.ts';
import { formatOf } from '../frame/formats.ts';
import { createLineFramer } from '../frame/lines.ts';
import type { Footprint } from '../frame/parquet/footprint.ts';
import type { FramedRecord } from '../frame/record.ts';
import type { Source } from '../plan/chunk.ts';
import type { Layout } from '../plan/layout.ts';
import type { ByteSource } from '../read/byte-source.ts';
import { isStreamCompression } from '../read/decompress.ts';
import type { Recipe } from '../recipe/schema.ts';
import { type Head, readHead } from './read-head.ts';
import { sampleBinary } from './sample-binary.ts';

const KiB = 1024;

/** What a batch may hold, so that compression can be measured on a whole one. */
const HEAD_RECORDS_MAX = 2_000;
const SPOT_RECORDS_MAX = 25;
const SPOT_BYTES_MAX = 256 * KiB;
/** Where to look further in, as shares of the source. */
const SPOTS = [0.3, 0.6, 0.9];

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
  readonly format: Source['format'];
  readonly compression: Source['compression'];
  /** Decompressed bytes for each byte as it is stored, measured at the beginning. */
  readonly storedRatio: number;
  /** The sample is all of the source. */
  readonly isWhole: boolean;
  /** Records of the source, and what they come to as the splitter counts bytes, where the source itself says so. */
  readonly total?: { readonly records: number; readonly bytes: number };
  /** What is held of it while it is read, beside its records, where the source itself tells. */
  readonly footprint?: Footprint;
  /** Why the source could not be read on, where it is damaged. */
  readonly damage?: string;
}

/** Archives are imported, but not looked at before. What cannot be cut in a stream is not imported from one. */
export const canBeSampled = ({ format, compression }: Layout): boolean =>
  compression === 'none' || (isStreamCompression(compression) && isCutInOrder(format));

const isCutInOrder = (format: Source['format']): boolean => formatOf(format).createCutter !== undefined;

/**
 * Samples a source: up to 2,000 records of what a sender would make of its first 1.25 MiB, decompressed, and of JSON
 * lines that can be read by range, up to 25 at each of three places further in. Text takes at most four reads and
 * 2 MiB; Parquet and Avro what their pages and blocks take.
 *
 * @throws {ReadError} what the source throws; a damaged stream is a finding, not an error
 * @throws {FrameError} where the file as a whole cannot be read with the settings of the recipe
 */
export const sampleSource = async (
  source: ByteSource,
  { format, compression }: Layout,
  recipe: Recipe,
): Promise<Sample> => {
  const common = { sourceBytes: source.sizeBytes, format, compression };
  if (!isCutInOrder(format)) {
    const { records, isAtEnd, ...found } = await sampleBinary(source, format, {
      recipe,
      recordsMax: HEAD_RECORDS_MAX,
    });
    return { ...common, ...found, spots: [{ offset: 0, records }], storedRatio: 1, isWhole: isAtEnd };
  }
  const head = await readHead(source, compression);
  const first = await frameHead(head, format, recipe);
  const further =
    format === 'jsonl' && compression === 'none' && !first.isAtEnd
      ? await furtherIn(source, first.nextOffset, recipe)
      : [];
  return {
    ...common,
    spots: [{ offset: 0, records: first.records }, ...further],
    storedRatio: head.storedRatio,
    isWhole: first.isAtEnd,
    ...(head.damage === undefined ? {} : { damage: head.damage }),
  };
};

interface FramedHead {
  readonly records: readonly FramedRecord[];
  /** All of the source was taken. */
  readonly isAtEnd: boolean;
  /** First byte that was not taken. */
  readonly nextOffset: number;
}

const frameHead = async (head: Head, format: Source['format'], recipe: Recipe): Promise<FramedHead> => {
  const { sizeBytes } = head.source;
  const options: FrameOptions = {
    ...recipe,
    range: { start: 0, end: sizeBytes },
    borders: format === 'jsonl' ? 'lines' : 'records',
    startsFile: true,
    endsFile: head.isAll,
    breaksOff: head.damage !== undefined,
    recordBytesMax: recipe.tuning.recordBytesMax,
  };
  const source = head.isAll ? head.source : thenCut(head.source);
  const records: FramedRecord[] = [];
  try {
    for await (const group of formatOf(format).frame(source, options)) {
      records.push(...group);
      if (records.length > HEAD_RECORDS_MAX) break;
    }
  } catch (error) {
    if (error !== CUT) throw error;
  }
  const taken = records.slice(0, HEAD_RECORDS_MAX);
  return {
    records: taken,
    isAtEnd: head.isAll && records.length <= HEAD_RECORDS_MAX,
    nextOffset: taken.at(-1)?.nextOffset ?? sizeBytes,
  };
};

const CUT = Symbol('cut');

/** A source that breaks off where it ends: what is unfinished there is no record of the file. */
const thenCut = (source: ByteSource): ByteSource => ({
  sizeBytes: source.sizeBytes,
  async *read(range) {
    yield* source.read(range);
    throw CUT;
  },
});

const furtherIn = async (source: ByteSource, from: number, { tuning }: Recipe): Promise<Spot[]> => {
  const spots: Spot[] = [];
  for (const start of SPOTS.map((share) => Math.floor(source.sizeBytes * share))) {
    if (start > from) spots.push(await readSpot(source, start, tuning.recordBytesMax));
  }
  return spots;
};

const readSpot = async (source: ByteSource, start: number, lineBytesMax: number): Promise<Spot> => {
  const end = Math.min(start + SPOT_BYTES_MAX, source.sizeBytes);
  const framer = createLineFramer({ start, end, skipPartial: true, startsFile: false, lineBytesMax });
  const records: FramedRecord[] = [];
  for await (const piece of source.read({ start, end })) {
    records.push(...framer.push(Buffer.from(piece.buffer, piece.byteOffset, piece.length)));
    if (records.length >= SPOT_RECORDS_MAX) break;
  }
  if (end === source.sizeBytes && records.length < SPOT_RECORDS_MAX) records.push(...framer.finish());
  return { offset: start, records: records.slice(0, SPOT_RECORDS_MAX) };
};
