import * as z from 'zod';
import { progressSchema } from '../plan/chunk.ts';

/** How a chunk ended: what was counted, and the parts that hold its rejects. */
export const chunkOutcomeSchema = z.object({ progress: progressSchema, parts: z.array(z.string()) });
export type ChunkOutcome = z.output<typeof chunkOutcomeSchema>;

/**
 * The rejects of the Work bucket. Several senders may work on one chunk, one after the other or at the same time, and
 * stop at different places; so what they reject is kept apart until one of them has come to the end.
 */
export interface RejectsStore {
  /** Where the rejects of an import are. */
  uri(importId: string): string;
  /** Keeps a part aside. @returns its name, which is made of its content, so that nothing is kept twice */
  keep(prefix: string, body: Buffer): Promise<string>;
  /**
   * Moves the parts of a chunk to where they are looked for. Who settles it first decides; whoever comes later
   * repeats that, so a rejection stands there once.
   *
   * @param prefix of the chunk
   * @returns what was settled first
   */
  settle(prefix: string, outcome: ChunkOutcome): Promise<ChunkOutcome>;
}
