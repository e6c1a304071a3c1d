import { formatOf } from '../frame/formats.ts';
import type { Footprint } from '../frame/parquet/footprint.ts';
import { planRowGroups } from '../frame/parquet/plan.ts';
import type { FramedRecord } from '../frame/record.ts';
import type { Source } from '../plan/chunk.ts';
import { chunkBytesFor } from '../plan/ranges.ts';
import type { ByteSource } from '../read/byte-source.ts';
import { ReadError } from '../read/read-error.ts';
import type { Recipe } from '../recipe/schema.ts';

/** JSON text after which no more records are taken. */
const TEXT_BYTES_MAX = 1_280 * 1024;

export interface BinarySample {
  readonly records: readonly FramedRecord[];
  /** All of the source was taken. */
  readonly isAtEnd: boolean;
  /** What the file says of itself: its records, and what they come to as the splitter counts bytes. */
  readonly total?: { readonly records: number; readonly bytes: number };
  /** What is held of it while it is read, beside its records. */
  readonly footprint?: Footprint;
  readonly damage?: string;
}

/**
 * The first records of a file that cannot be cut off anywhere: Parquet, whose end tells what is where, and Avro, of
 * whole blocks.
 *
 * @throws {ReadError} what the source throws; damage is a finding, not an error
 * @throws {FrameError} where the file as a whole cannot be read
 */
export const sampleBinary = async (
  source: ByteSource,
  format: Source['format'],
  { recipe, recordsMax }: { readonly recipe: Recipe; readonly recordsMax: number },
): Promise<BinarySample> => {
  const records: FramedRecord[] = [];
  try {
    const told = format === 'parquet' ? await readFooter(source, recipe) : undefined;
    const end = told?.total.records ?? source.sizeBytes;
    const groups = formatOf(format).frame(source, {
      ...recipe,
      range: { start: 0, end },
      borders: formatOf(format).cut === 'rows' ? 'rows' : 'bytes',
      startsFile: true,
      endsFile: true,
      recordBytesMax: recipe.tuning.recordBytesMax,
    });
    const isAtEnd = await take(groups, records, recordsMax);
    return { records, isAtEnd, ...told };
  } catch (error) {
    if (!(error instanceof ReadError) || error.code !== 'SOURCE_CORRUPT') throw error;
    return { records, isAtEnd: false, damage: error.message };
  }
};

const readFooter = async (source: ByteSource, { parquet, tuning }: Recipe) => {
  const { rows, recordBytesGuessed, footprint } = await planRowGroups(source, {
    settings: parquet,
    chunkBytesFor: (jsonBytes) => chunkBytesFor(jsonBytes, tuning),
  });
  return { total: { records: rows, bytes: rows * recordBytesGuessed }, footprint };
};

/** @returns whether that was all */
const take = async (
  groups: AsyncIterable<readonly FramedRecord[]>,
  records: FramedRecord[],
  recordsMax: number,
): Promise<boolean> => {
  let textBytes = 0;
  for await (const group of groups) {
    for (const record of group) {
      if (records.length === recordsMax || textBytes >= TEXT_BYTES_MAX) return false;
      records.push(record);
      textBytes += record.bytes.length;
    }
  }
  return true;
};
