import type { OutcomeStore } from './ledger/outcome-store.ts';
import { createRejectsWriter, type RejectsWriter } from './ledger/rejects.ts';
import { createResponsesWriter, type ResponsesWriter } from './ledger/responses.ts';
import type { ChunkMessage } from './plan/chunk.ts';

/** Names of the parts that hold what runs of a chunk have to say beside their counts. */
export interface ChunkParts {
  /** Of this run and of those that it goes on from. */
  readonly rejectParts: readonly string[];
  readonly responseParts: readonly string[];
  /** Of this run, answers for batches that do not count: where the chunk goes on they are sent again. */
  readonly uncountedParts: readonly string[];
}

export interface ChunkPartsWriter {
  readonly rejects: RejectsWriter;
  readonly responses: ResponsesWriter;
  readonly uncounted: ResponsesWriter;
  /** @throws what the store has thrown */
  close(): Promise<ChunkParts>;
}

/** What a chunk is called in the Work bucket. */
export const chunkName = ({ importId, chunk }: Pick<ChunkMessage, 'importId' | 'chunk'>): string =>
  `${importId}/${String(chunk).padStart(6, '0')}-`;

/** Keeps aside what a run of a chunk says, until the chunk is settled. */
export const createChunkParts = (
  message: ChunkMessage,
  store: Pick<OutcomeStore, 'keep'>,
): ChunkPartsWriter => {
  const rejectParts = [...(message.rejectParts ?? [])];
  const responseParts = [...(message.responseParts ?? [])];
  const uncountedParts: string[] = [];
  const keepIn = (names: string[]) => async (_: number, body: Buffer) =>
    names.push(await store.keep(chunkName(message), body));
  const rejects = createRejectsWriter(keepIn(rejectParts));
  const responses = createResponsesWriter(keepIn(responseParts));
  const uncounted = createResponsesWriter(keepIn(uncountedParts));
  return {
    rejects,
    responses,
    uncounted,
    close: async () => {
      for (const writer of [rejects, responses, uncounted]) await writer.close();
      return { rejectParts, responseParts, uncountedParts };
    },
  };
};
