import { gzipSync } from 'node:zlib';
import type { Sample } from './sample.ts';

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
  const records = sample.spots.flatMap((spot) => spot.records);
  const seenBytes = records.reduce((sum, { offset, nextOffset }) => sum + nextOffset - offset, 0);
  if (sample.isWhole) return { bytes: seenBytes, records: records.length, isExact: true };
  const bytes = Math.round(sample.sourceBytes * storedRatio(sample));
  return {
    bytes,
    records: seenBytes === 0 ? 0 : Math.round((bytes / seenBytes) * records.length),
    isExact: false,
  };
};

/** Decompressed bytes per byte stored, as if the source had been compressed at the usual level. */
const storedRatio = ({ compression, spots }: Sample): number => {
  const raw = Buffer.concat(spots.flatMap((spot) => spot.records.map(({ bytes }) => bytes)));
  return compression === 'none' || raw.length === 0 ? 1 : raw.length / gzipSync(raw).length;
};
