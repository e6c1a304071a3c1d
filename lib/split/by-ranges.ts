import { chunkBytesFor, cutRanges } from '../plan/ranges.ts';
import { commonOf, plannedReceipt, type Split } from './source-plan.ts';

/** By arithmetic: not a byte of the source is read for it. */
export const splitByRanges: Split = async (plan, { sendChunks, sendReceipt }) => {
  const { object, recipe } = plan;
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
