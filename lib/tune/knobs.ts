import * as z from 'zod';

/** The knobs that an import ran with: those that advice is about. */
export const knobsSchema = z.object({
  workers: z.number(),
  memory: z.number(),
  requestsInFlight: z.number(),
  highWater: z.number(),
  recordsPerBatch: z.number(),
  compress: z.boolean(),
  compressionLevel: z.number(),
  throttleMemory: z.boolean(),
  aggressiveGC: z.boolean(),
});

export type Knobs = z.output<typeof knobsSchema>;
