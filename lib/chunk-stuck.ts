import { FanoutError } from './errors.ts';
import type { PipelineResult } from './pipeline.ts';
import type { ChunkMessage } from './plan/chunk.ts';

/** Continuations of one chunk before it is given up: a fuse, far above what a chunk of any size needs. */
export const CONTINUATIONS_MAX = 1_000;

/** A whole run brought a chunk no further, or too many runs did not bring it to its end. */
export class ChunkStuckError extends FanoutError {
  override readonly name = 'ChunkStuckError';
  readonly code = 'CHUNK_STUCK';
  readonly retryable = true;
}

/** Says where a chunk is stuck, and what its last failing request met with; that is the `cause` too. */
export const chunkStuck = (
  { chunk, importId, range, borders }: Pick<ChunkMessage, 'chunk' | 'importId' | 'range' | 'borders'>,
  { nextOffset, fault }: Pick<PipelineResult, 'nextOffset' | 'fault'>,
): ChunkStuckError => {
  const place = `${borders === 'rows' ? 'row' : 'byte'} ${nextOffset}`;
  const where =
    nextOffset > range.start
      ? `is at ${place} after ${CONTINUATIONS_MAX} continuations, the most there may be; lower tuning.chunkBytes and drop the file again.`
      : `did not get past ${place} in the time of a whole run.`;
  const seen = `Chunk ${chunk} of ${importId} ${where}`;
  return fault
    ? new ChunkStuckError(`${seen} ${fault.message}`, { cause: fault })
    : new ChunkStuckError(seen);
};
