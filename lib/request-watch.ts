import { type Batch, recordAt } from './batch/batcher.ts';
import type { ResponseEntry, ResponsesWriter } from './ledger/responses.ts';
import type { ChunkMessage } from './plan/chunk.ts';
import type { SendError } from './send/send-error.ts';
import type { ApiAnswer, Watch } from './send/watch.ts';

export interface RequestWatch {
  /** @param signal ends the requests when the time is over */
  of(batch: Batch, signal: AbortSignal): Watch;
  /** What last kept a batch from being taken. */
  lastFault(): SendError | undefined;
  /** Writes down the answers for a batch that counts now. */
  commit(batch: Batch): Promise<void>;
  /** Writes down, apart from the others, those for batches that have not counted. */
  release(): Promise<void>;
}

type Responses = Pick<ResponsesWriter, 'add'>;

interface WatchOptions {
  readonly message: Pick<ChunkMessage, 'chunk' | 'entry' | 'offset' | 'recipe'>;
  readonly responses: Responses;
  readonly uncounted: Responses;
}

/**
 * Watches the requests of a chunk: keeps the last fault, and writes every answer down unless the recipe is `abridged`.
 * Answers are held until their batch counts: those of as many batches as may be under way.
 */
export const createRequestWatch = ({ message, responses, uncounted }: WatchOptions): RequestWatch => {
  const { chunk, entry, offset, recipe } = message;
  const held = new Map<Batch, ResponseEntry[]>();
  let fault: SendError | undefined;

  // A request that is cut off by the end of the time says less than one that failed before.
  const onFault = (latest: SendError, { aborted }: AbortSignal): void => {
    fault = aborted ? (fault ?? latest) : latest;
  };

  const hold = (batch: Batch) => {
    const entries: ResponseEntry[] = [];
    held.set(batch, entries);
    const place = { chunk, entry: entry?.name, offset: offset + recordAt(batch, 0).offset };
    return async (answer: ApiAnswer): Promise<void> => void entries.push({ ...answer, ...place });
  };

  const write = async (batch: Batch, { add }: Responses): Promise<void> => {
    for (const entry of held.get(batch) ?? []) await add(entry);
    held.delete(batch);
  };

  return {
    of: (batch, signal) => ({
      onFault: (latest) => onFault(latest, signal),
      ...(!recipe.tuning.abridged && { onAnswer: hold(batch) }),
    }),
    lastFault: () => fault,
    commit: (batch) => write(batch, responses),
    release: async () => {
      for (const batch of [...held.keys()]) await write(batch, uncounted);
    },
  };
};
