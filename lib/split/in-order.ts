import type { Cutter } from '../frame/format.ts';
import { formatOf } from '../frame/formats.ts';
import { PARTIAL_CODES } from '../ledger/receipt.ts';
import type { Resume } from '../plan/notification.ts';
import { PlanError } from '../plan/plan-error.ts';
import { createByteLimit } from '../read/byte-limit.ts';
import { continueLater, runsLeft } from './continue-later.ts';
import { cutContent } from './cut-content.ts';
import { readInOrder, START } from './read-in-order.ts';
import { createRunTime } from './run-time.ts';
import { createSending } from './sending.ts';
import { failedReceipt, plannedReceipt, type SourcePlan, type Split } from './source-plan.ts';

/**
 * By reading it through, and cutting it at borders between records. Chunks of a plain source are ranges of it; those
 * of a compressed one are stored in the Work bucket. When time runs out, another run goes on at a border.
 */
export const splitInOrder: Split = async (plan, dependencies) => {
  const { resume } = plan.created;
  const { sendReceipt } = dependencies;
  const cutter = createCutter(plan, resume);
  if (!resume) await sendReceipt(plannedReceipt(plan));
  const time = createRunTime(dependencies.remainingMs, runsLeft(resume));
  const { offset: start = 0, chunk = 0, place: from = START } = resume ?? {};
  const limit = createByteLimit(dependencies.decompressedBytesMax, from.decompressedOffset);
  const stream = readInOrder(plan, { from, skipTo: start, time, limit }, dependencies);
  const sending = createSending(plan, dependencies);
  const { failure, next } = await cutContent(plan, {
    cutter,
    stream,
    content: { format: plan.source.format, isSure: stream.isSure },
    sending,
    time,
    chunk,
    start,
  });
  const chunks = chunk + (await sending.finish());
  if (next) return continueLater(plan, next, dependencies);
  if (!failure) return void (await sendReceipt(plannedReceipt(plan, chunks)));
  // After any other failure nobody knows how many chunks there should be: those made are not all.
  if (!PARTIAL_CODES.has(failure.code)) throw failure;
  await sendReceipt(failedReceipt(plan, failure, chunks));
};

const createCutter = ({ source, recipe }: SourcePlan, resume: Resume | undefined): Cutter => {
  const { createCutter: create } = formatOf(source.format);
  if (!create) {
    throw new PlanError(
      'FORMAT_UNSUPPORTED',
      `${source.uri} is ${source.format} in ${source.compression}. Such files cannot be cut while they are compressed as a whole: drop it uncompressed, since ${source.format} compresses inside.`,
    );
  }
  return create({ ...recipe, state: resume?.state });
};
