import { formatOf } from '../frame/formats.ts';
import { runOf } from '../frame/record.ts';
import type { Recipe } from '../recipe/schema.ts';
import { divideRun } from '../transform/divide-run.ts';
import { passesEvents } from '../transform/passing.ts';
import type { Sample } from './sample.ts';

/** What the memory of a sender depends on beside the size of its records and batches. */
export interface ReadingLoad {
  /**
   * Share of the records, 0 to 1, that are mapped or spliced while buffers may gather. Default 0: all are sent as they
   * are. 0 for Parquet too, for which a sender lets nothing gather.
   */
  readonly apartShare?: number;
  /** Values in the pages of Parquet that are decoded, one page of each column. Default 0. */
  readonly pageValues?: number;
  /** Columns of Parquet as they are stored, as many as are read at once. Default 0. */
  readonly columnBytes?: number;
}

/** What samples of sources tell of it; of several sources, the most of each. */
export const readingLoadOf = (
  samples: readonly Sample[],
  recipe: Pick<Recipe, 'fields'>,
): Required<ReadingLoad> => ({
  apartShare: Math.max(0, ...samples.map((sample) => apartShareOf(sample, passesEvents(recipe)))),
  pageValues: Math.max(0, ...samples.map(({ footprint }) => footprint?.values ?? 0)),
  columnBytes: Math.max(0, ...samples.map(({ footprint }) => footprint?.bytes ?? 0)),
});

const apartShareOf = ({ format, spots }: Sample, mayPass: boolean): number => {
  const { cut, frameRuns } = formatOf(format);
  if (cut === 'rows') return 0;
  if (frameRuns === undefined) return 1;
  const records = spots.flatMap((spot) => spot.records).filter(({ kind }) => kind === 'record');
  const apart = divideRun(runOf(records), { mayPass }).filter(({ kind }) => kind !== 'run');
  return apart.length / Math.max(1, records.length);
};
