import * as z from 'zod';
import type { GovernorSettings } from '../tune/governor-state.ts';
import { quotaOf } from '../tune/quota.ts';
import type { Recipe } from './schema.ts';

const WORKERS_MAX = 100;
/** The most that is allowed unless said otherwise, where `workers` is not more. */
const WORKERS_MAX_DEFAULT = 30;
const MINUTE_MS = 60_000;

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
});

export type GovernorConfig = z.output<typeof governorConfigSchema>;

/** The settings of the policy; the fleet starts with the recipe's `workers`, moved inside the bounds where it is not. */
export const governorSettings = (
  config: GovernorConfig,
  { tuning: { workers }, destination }: Pick<Recipe, 'tuning' | 'destination'>,
): GovernorSettings => {
  const { workersMin } = config;
  const quota = quotaOf(destination);
  const workersMax = Math.max(config.workersMax ?? Math.max(workers, WORKERS_MAX_DEFAULT), workersMin);
  return {
    workersStart: Math.min(Math.max(workers, workersMin), workersMax),
    workersMin,
    workersMax,
    eventsPerSecondMax: quota.eventsPerSecond,
    bytesPerMinuteMax: quota.bytesPerMinute,
    emptyMs: 10 * MINUTE_MS,
    ceilingMs: 60 * MINUTE_MS,
  };
};
