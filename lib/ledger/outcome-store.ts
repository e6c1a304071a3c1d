import * as z from 'zod';
import { progressSchema } from '../plan/chunk.ts';

/** How a chunk ended: what was counted, and the parts that hold its rejects and the answers of the API. */
export const chunkOutcomeSchema = z.object({
  progress: progressSchema,
  parts: z.array(z.string()),
  /** Absent from outcomes of earlier versions. */
  responseParts: z.array(z.string()).default([]),
});
export type ChunkOutcome = z.output<typeof chunkOutcomeSchema>;

/**
 * Rejects, and answers of the API, in the Work bucket. Several senders may work on one chunk, one after the other or
 * at the same time, and stop at different places; so what they have to say is kept apart until one of them has come
 * to the end.
 */
export interface OutcomeStore {
  /** Where the rejects of an import are. */
  rejectsUri(importId: string): string;
  /** Where the answers of the API are. */
  responsesUri(importId: string): string;
  /** Keeps a part aside. @returns its name, which is made of its content, so that nothing is kept twice */
  keep(prefix: string, body: Buffer): Promise<string>;
  /**
   * Copies the parts of a chunk to where they are looked for. Who settles it first decides; whoever comes later
   * repeats that, so a rejection stands there once, and so does an answer.
   *
   * @param prefix of the chunk
   * @returns what was settled first
   */
  settle(prefix: string, outcome: ChunkOutcome): Promise<ChunkOutcome>;
  /** Copies the answers of a chunk that is given up, until it is settled after all. */
  giveUp(prefix: string, responseParts: readonly string[]): Promise<void>;
}
