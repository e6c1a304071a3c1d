import { type FanoutError, isFanoutError } from '../errors.ts';
import { createInFlight } from '../flow/in-flight.ts';
import type { Cutter } from '../frame/format.ts';
import { formatOf } from '../frame/formats.ts';
import { PARTIAL_CODES } from '../ledger/receipt.ts';
import type { ChunkMessage } from '../plan/chunk.ts';
import { cutStream, type StreamCut } from '../plan/cut-stream.ts';
import type { Resume } from '../plan/notification.ts';
import { PlanError } from '../plan/plan-error.ts';
import { chunkBytesFor } from '../plan/ranges.ts';
import { ReadError } from '../read/read-error.ts';
import { type OrderedStream, readInOrder, START } from './read-in-order.ts';
import {
  commonOf,
  failedReceipt,
  plannedReceipt,
  type SourcePlan,
  type Split,
  type SplitDependencies,
} from './source-plan.ts';

const MiB = 1024 * 1024;
/** A staged chunk is held in memory until it is stored. */
const STAGED_BYTES_DEFAULT = 16 * MiB;
const STAGED_BYTES_MAX = 32 * MiB;
const STAGES_IN_FLIGHT_MAX = 3;
/** Shares of the time left at which a source is continued by another run, and at which it is given up. */
const CONTINUE_SHARE = 0.3;
const GIVE_UP_SHARE = 0.1;
/** Runs of one source: a fuse, far above what a source of any size needs. */
const RUNS_MAX = 1_000;

interface NumberedCut extends StreamCut {
  readonly chunk: number;
  readonly header: unknown;
}

/**
 * By reading it through, and cutting it at borders between records. Chunks of a plain source are ranges of it; those
 * of a compressed one are stored in the Work bucket. When time runs out, another run goes on at a border.
 */
export const splitInOrder: Split = async (plan, dependencies) => {
  const { resume } = plan.created;
  const { sendReceipt } = dependencies;
  const cutter = createCutter(plan, resume);
  if (!resume) await sendReceipt(plannedReceipt(plan));
  const stream = readInOrder(
    plan,
    { from: resume?.place ?? START, skipTo: resume?.offset ?? 0 },
    dependencies,
  );
  const sending = createSending(plan, stream, dependencies);
  const { failure, next, chunks } = await cutAll(plan, { cutter, stream, sending }, dependencies);
  await sending.finish();
  if (next) return continueLater(plan, next, dependencies);
  const sent = stream.isSure() ? chunks : 0;
  if (!failure) return void (await sendReceipt(plannedReceipt(plan, sent)));
  // After any other failure nobody knows how many chunks there should be: those made are not all.
  if (!PARTIAL_CODES.has(failure.code)) throw failure;
  await sendReceipt(failedReceipt(plan, failure, sent));
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

interface Cutting {
  readonly cutter: Cutter;
  readonly stream: OrderedStream;
  readonly sending: Sending;
}

interface Outcome {
  /** Chunks of the source up to here. */
  readonly chunks: number;
  readonly failure?: FanoutError;
  /** Where another run goes on, if this one had not the time. */
  readonly next?: Resume;
}

const cutAll = async (
  plan: SourcePlan,
  { cutter, stream, sending }: Cutting,
  { remainingMs }: SplitDependencies,
): Promise<Outcome> => {
  const { resume } = plan.created;
  const givenMs = remainingMs();
  let chunks = resume?.chunk ?? 0;
  const cuts = cutStream(untilLate(plan, stream.bytes, remainingMs), {
    cutter,
    ...sizesOf(plan),
    start: resume?.offset ?? 0,
    isEnd: (error) => error instanceof ReadError && error.code === 'SOURCE_CORRUPT',
  });
  try {
    for await (const cut of cuts) {
      await sending.submit({ ...cut, chunk: chunks++, header: cutter.header() });
      if (cut.isLast || remainingMs() > givenMs * CONTINUE_SHARE) continue;
      const place = stream.placeBefore(cut.end);
      const run = (resume?.run ?? 0) + 1;
      if (place && run < RUNS_MAX)
        return { chunks, next: { run, chunk: chunks, place, offset: cut.end, state: cutter.state() } };
    }
    return { chunks };
  } catch (error) {
    if (!isFanoutError(error) || error.retryable) throw error;
    return { chunks, failure: error };
  }
};

const sizesOf = ({ source, object, recipe }: SourcePlan) => {
  const { chunkBytes = STAGED_BYTES_DEFAULT, recordBytesMax } = recipe.tuning;
  return source.compression === 'none'
    ? { chunkBytes: chunkBytesFor(object.sizeBytes, recipe.tuning), recordBytesMax, keepsBytes: false }
    : { chunkBytes: Math.min(chunkBytes, STAGED_BYTES_MAX), recordBytesMax, keepsBytes: true };
};

const continueLater = async (
  { created, object }: SourcePlan,
  resume: Resume,
  { continueSplit }: SplitDependencies,
): Promise<void> => {
  await continueSplit({ ...created, etag: object.etag, resume });
};

interface Sending {
  submit(cut: NumberedCut): Promise<void>;
  /** Waits until all is sent that may be. */
  finish(): Promise<void>;
}

/** Stores what must be stored, and sends chunks in order, once it is sure that the source can be read. */
const createSending = (
  plan: SourcePlan,
  stream: OrderedStream,
  { sendChunks, stage }: SplitDependencies,
): Sending => {
  let waiting: ChunkMessage[] = [];
  const inFlight = createInFlight<NumberedCut, ChunkMessage>({
    itemsMax: STAGES_IN_FLIGHT_MAX,
    bytesMax: STAGES_IN_FLIGHT_MAX * STAGED_BYTES_MAX,
    bytesOf: ({ bytes }) => bytes.length,
    run: (cut) => messageOf(plan, cut, stage),
    commit: async (_, message) => {
      waiting.push(message);
      if (!stream.isSure()) return;
      await sendChunks(waiting.values());
      waiting = [];
    },
  });
  return {
    submit: inFlight.submit,
    finish: async () => {
      await inFlight.drain();
      if (stream.isSure() && waiting.length > 0) await sendChunks(waiting.values());
    },
  };
};

const messageOf = async (
  plan: SourcePlan,
  { chunk, start, end, bytes, header, isLast, breaksOff }: NumberedCut,
  stage: SplitDependencies['stage'],
): Promise<ChunkMessage> => {
  const { source, object, importId } = plan;
  const common = { ...commonOf(plan), chunk, header, ...(breaksOff ? { breaksOff } : {}) };
  if (source.compression === 'none') {
    return { ...common, object, range: { start, end }, borders: 'records', offset: 0, endsFile: true };
  }
  const name = `${importId}/${String(chunk).padStart(6, '0')}.${source.format}`;
  return {
    ...common,
    object: await stage(name, bytes),
    range: { start: 0, end: bytes.length },
    borders: source.format === 'jsonl' ? 'lines' : 'records',
    offset: start,
    endsFile: isLast,
  };
};

async function* untilLate(
  { source }: SourcePlan,
  stream: AsyncIterable<Buffer>,
  remainingMs: () => number,
): AsyncGenerator<Buffer> {
  const givenMs = remainingMs();
  let readBytes = 0;
  for await (const piece of stream) {
    readBytes += piece.length;
    yield piece;
    if (remainingMs() > givenMs * GIVE_UP_SHARE) continue;
    throw new PlanError(
      'SOURCE_TOO_SLOW',
      `${source.uri} could not be read through in ${Math.round(givenMs / 1000)} s; of the ${readBytes} decompressed bytes that were, whole chunks are imported. Drop it uncompressed, or in smaller files.`,
    );
  }
}
