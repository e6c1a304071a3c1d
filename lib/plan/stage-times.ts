import * as z from 'zod';

/** A time that an older message does not know is none. */
const ms = z.number().default(0);

/**
 * Where the time of a chunk's senders went, in milliseconds. The parts do not overlap: what went on beside something
 * else counts for neither, so that together they are the time from the beginning to the end.
 */
export const stageTimesSchema = z.object({
  /** Waiting for bytes of the source. */
  read: ms,
  /** Cutting bytes into records. */
  frame: ms,
  /** Parsing, mapping and batching. */
  transform: ms,
  /** Waiting for requests under way, as far as those were being compressed. */
  compress: ms,
  /** As far as they were waiting for answers. */
  request: ms,
  /** As far as the quota held them back: the pace, or the back-off after a 429. */
  throttle: ms,
  /** As far as they were backing off after another failure. */
  backoff: ms,
  /** Not reading because memory ran short, with `throttleMemory`. */
  memory: ms,
});

export type StageTimes = z.output<typeof stageTimesSchema>;

export const noTime = (): StageTimes => stageTimesSchema.parse({});
