import { type FanoutError, isFanoutError } from '../errors.ts';
import type { Cutter } from '../frame/format.ts';
import { cutStream } from '../plan/cut-stream.ts';
import type { Resume } from '../plan/notification.ts';
import { chunkBytesFor } from '../plan/ranges.ts';
import { isEndOfReading } from '../read/end-of-reading.ts';
import type { OrderedStream } from './read-in-order.ts';
import type { RunTime } from './run-time.ts';
import { type CutContent, type Sending, STAGED_BYTES_MAX } from './sending.ts';
import type { SourcePlan } from './source-plan.ts';

const MiB = 1024 * 1024;
const STAGED_BYTES_DEFAULT = 16 * MiB;

export interface Cutting {
  readonly cutter: Cutter;
  readonly stream: OrderedStream;
  readonly content: CutContent;
  readonly sending: Sending;
  readonly time: RunTime;
  /** Number of the first chunk. */
  readonly chunk: number;
  /** Where `stream` begins, in the decompressed content. */
  readonly start: number;
}

export interface CutOutcome {
  /** Chunks of the source up to here. */
  readonly chunks: number;
  readonly failure?: FanoutError;
  /** Where another run can go on, since this one has not much time left. */
  readonly next?: Pick<Resume, 'chunk' | 'place' | 'offset' | 'state'>;
}

/**
 * Cuts a stream at borders between records, and submits the parts to `sending`.
 *
 * @throws what may pass if the same is tried again
 */
export const cutContent = async (
  plan: SourcePlan,
  { cutter, stream, content, sending, time, start, ...options }: Cutting,
): Promise<CutOutcome> => {
  let chunks = options.chunk;
  const cuts = cutStream(stream.bytes, { cutter, ...sizesOf(plan), start, isEnd: isEndOfReading });
  try {
    for await (const cut of cuts) {
      await sending.submit({ ...cut, chunk: chunks++, header: cutter.header(), content });
      if (cut.isLast || !time.isLate()) continue;
      const place = stream.placeBefore(cut.end);
      if (place) return { chunks, next: { chunk: chunks, place, offset: cut.end, state: cutter.state() } };
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
