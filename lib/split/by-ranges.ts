import { formatOf } from '../frame/formats.ts';
import { chunkBytesFor, cutRanges } from '../plan/ranges.ts';
import { commonOf, plannedReceipt, type Split } from './source-plan.ts';

/** By arithmetic: nothing of the source is read for it but what its format checks. */
export const splitByRanges: Split = async (plan, { openSource, sendChunks, sendReceipt }) => {
  const { object, recipe, source } = plan;
  await formatOf(source.format).check?.(openSource(object));
  const chunkBytes = chunkBytesFor(object.sizeBytes, recipe.tuning);
  await sendReceipt(plannedReceipt(plan, Math.ceil(object.sizeBytes / chunkBytes)));
  const ranges = cutRanges(object.sizeBytes, chunkBytes);
  await sendChunks(
    ranges.map((range, chunk) => ({
      ...commonOf(plan),
      chunk,
      object,
      range,
      borders: 'bytes',
      offset: 0,
      endsFile: true,
    })),
  );
};
