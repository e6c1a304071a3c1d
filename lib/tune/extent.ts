import type { Sample, Spot } from './sample.ts';

/** How much there is to import, by a sample. */
export interface Extent {
  /** Decompressed. */
  readonly bytes: number;
  readonly records: number;
  /** The samples are the whole of their sources. */
  readonly isExact: boolean;
}

/** Sums up sources that are to be imported together. */
export const extentOf = (samples: readonly Sample[]): Extent => {
  const extents = samples.map(extentOfOne);
  return {
    bytes: extents.reduce((sum, { bytes }) => sum + bytes, 0),
    records: extents.reduce((sum, { records }) => sum + records, 0),
    isExact: extents.every(({ isExact }) => isExact),
  };
};

const extentOfOne = (sample: Sample): Extent => {
  const records = sample.spots.reduce((sum, spot) => sum + spot.records.length, 0);
  const seenBytes = sample.spots.reduce((sum, spot) => sum + lengthOf(spot), 0);
  if (sample.total !== undefined) return { ...sample.total, isExact: sample.isWhole };
  if (sample.isWhole) return { bytes: seenBytes, records, isExact: true };
  const bytes = Math.round(sample.sourceBytes * sample.storedRatio);
  return {
    bytes,
    records: seenBytes === 0 ? 0 : Math.round((bytes / seenBytes) * records),
    isExact: false,
  };
};

/** From its first record to behind its last, with what stands between them. */
const lengthOf = ({ records }: Spot): number =>
  records.length === 0 ? 0 : records.at(-1)!.nextOffset - records[0]!.offset;
