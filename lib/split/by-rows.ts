import { planRowGroups } from '../frame/parquet/plan.ts';
import { chunkBytesFor } from '../plan/ranges.ts';
import { commonOf, plannedReceipt, type Split } from './source-plan.ts';

/** By its footer, into ranges of rows: one row group, several small ones, or a part of a large one. */
export const splitByRows: Split = async (plan, { openSource, sendChunks, sendReceipt }) => {
  const { object, recipe } = plan;
  const { chunks, rows } = await planRowGroups(openSource(object), {
    settings: recipe.parquet,
    chunkBytesFor: (jsonBytes) => chunkBytesFor(jsonBytes, recipe.tuning),
  });
  await sendReceipt(plannedReceipt(plan, chunks.length));
  await sendChunks(
    chunks.values().map((range, chunk) => ({
      ...commonOf(plan),
      chunk,
      object,
      range,
      borders: 'rows',
      rows,
      offset: 0,
      endsFile: true,
    })),
  );
};
