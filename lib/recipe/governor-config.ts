import * as z from 'zod';
import type { GovernorSettings } from '../tune/governor-state.ts';

const WORKERS_MAX = 100;
/** The most that is allowed unless said otherwise, where `workers` is not more. */
const WORKERS_MAX_DEFAULT = 30;
const MINUTE_MS = 60_000;
const MB = 1_000_000;

/** The governor's part of `fanout.config.json`. */
export const governorConfigSchema = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe('Look each minute at what senders measured, and change how many run at once.'),
  workersMin: z
    .int()
    .min(2)
    .max(WORKERS_MAX)
    .default(2)
    .describe('Fewest senders that the governor leaves running.'),
  workersMax: z
    .int()
    .min(2)
    .max(WORKERS_MAX)
    .optional()
    .describe('Most senders that the governor lets run; unless set, 30 or `workers`, whichever is more.'),
  eventsPerSecondMax: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(30_000)
    .describe("The project's quota at Mixpanel, in events a second: change it if Mixpanel has."),
  megabytesPerMinuteMax: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(2_000)
    .describe('The same in megabytes a minute, before compression.'),
});

export type GovernorConfig = z.output<typeof governorConfigSchema>;

/** The settings of the policy; `workers` is what the fleet starts with, moved inside the bounds where it is not. */
export const governorSettings = (config: GovernorConfig, workers: number): GovernorSettings => {
  const { workersMin, eventsPerSecondMax, megabytesPerMinuteMax } = config;
  const workersMax = Math.max(config.workersMax ?? Math.max(workers, WORKERS_MAX_DEFAULT), workersMin);
  return {
    workersStart: Math.min(Math.max(workers, workersMin), workersMax),
    workersMin,
    workersMax,
    eventsPerSecondMax,
    bytesPerMinuteMax: megabytesPerMinuteMax * MB,
    emptyMs: 10 * MINUTE_MS,
    ceilingMs: 60 * MINUTE_MS,
  };
};
