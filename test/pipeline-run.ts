import type { RejectEntry } from '../lib/ledger/rejects.ts';
import type { ResponseEntry } from '../lib/ledger/responses.ts';
import { importChunk, type PipelineOptions, type PipelineResult } from '../lib/pipeline.ts';
import type { ChunkMessage } from '../lib/plan/chunk.ts';
import type { RecipeInput } from '../lib/recipe/schema.ts';
import { chunkMessage } from './chunk-message.ts';
import { fakeClient } from './fake-client.ts';

export const LONG_MS = 100_000;

/** A plain source in batches of ten that the fake client can read. */
export const messageOf = (file: Buffer, tuning: NonNullable<RecipeInput['tuning']> = {}): ChunkMessage =>
  chunkMessage(file.length, { recipe: { tuning: { compress: false, recordsPerBatch: 10, ...tuning } } });

/** Runs a chunk with all the time there is, unless told otherwise. */
export const startChunk = (
  options: Partial<PipelineOptions> & Pick<PipelineOptions, 'message' | 'source'>,
) => {
  const rejects: RejectEntry[] = [];
  const responses: ResponseEntry[] = [];
  const uncounted: ResponseEntry[] = [];
  const client = fakeClient();
  const result = importChunk({
    client,
    rejects: { add: async (entry) => void rejects.push(entry) },
    responses: { add: async (entry) => void responses.push(entry) },
    uncounted: { add: async (entry) => void uncounted.push(entry) },
    remainingMs: () => LONG_MS,
    now: () => 0,
    memory: { peakMB: () => 100, usedMB: () => 100, collect: () => undefined },
    ...options,
  });
  return { result, rejects, responses, uncounted, client };
};

/** What a sender would send on. */
export const restOf = (message: ChunkMessage, { nextOffset, progress }: PipelineResult): ChunkMessage => ({
  ...message,
  range: { ...message.range, start: nextOffset },
  progress,
});
