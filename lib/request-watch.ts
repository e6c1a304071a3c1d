import { type Batch, recordAt } from './batch/batcher.ts';
import type { ResponsesWriter } from './ledger/responses.ts';
import type { ChunkMessage } from './plan/chunk.ts';
import type { SendError } from './send/send-error.ts';
import type { Watch } from './send/watch.ts';

export interface RequestWatch {
  /** @param signal ends the requests when the time is over */
  of(batch: Batch, signal: AbortSignal): Watch;
  /** What last kept a batch from being taken. */
  lastFault(): SendError | undefined;
}

/** Watches the requests of a chunk: keeps the last fault, and writes every answer down unless the recipe is `abridged`. */
export const createRequestWatch = (
  { chunk, entry, offset, recipe }: Pick<ChunkMessage, 'chunk' | 'entry' | 'offset' | 'recipe'>,
  responses: Pick<ResponsesWriter, 'add'>,
): RequestWatch => {
  let fault: SendError | undefined;

  // A request that is cut off by the end of the time says less than one that failed before.
  const onFault = (latest: SendError, { aborted }: AbortSignal): void => {
    fault = aborted ? (fault ?? latest) : latest;
  };

  return {
    of: (batch, signal) => ({
      onFault: (latest) => onFault(latest, signal),
      ...(!recipe.tuning.abridged && {
        onAnswer: (answer) =>
          responses.add({ ...answer, chunk, entry: entry?.name, offset: offset + recordAt(batch, 0).offset }),
      }),
    }),
    lastFault: () => fault,
  };
};
