import { PLACES_PER_BYTE_MAX } from '../record.ts';
import type { Block } from './blocks.ts';
import { corrupt } from './corrupt.ts';

/**
 * How far apart the records of a block are placed. A block has no bytes that belong to one record, so its records
 * are placed at its first bytes, one each: no two at the same, all inside the block, and in the same way whoever
 * reads it. A block of more records than bytes (equal records compress to almost nothing) has places between bytes.
 *
 * @returns 1, or 1/2, 1/4 ... 1/1024
 * @throws {ReadError} `SOURCE_CORRUPT` where not even that is enough
 */
export const placeStep = ({
  start,
  end,
  recordCount,
}: Pick<Block, 'start' | 'end' | 'recordCount'>): number => {
  const length = end - start;
  for (let places = 1; places <= PLACES_PER_BYTE_MAX; places *= 2)
    if (recordCount <= length * places) return 1 / places;
  throw corrupt(`the block at byte ${start} has ${recordCount} records in ${length} bytes`);
};
