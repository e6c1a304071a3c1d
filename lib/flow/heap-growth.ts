import { setFlagsFromString } from 'node:v8';

/** Share of a function's memory that buffers may take which nobody uses any more, until they are collected. */
const GATHERED_SHARE = 1 / 8;
/** Live objects of an idle sender, which V8 counts in percent of. */
export const LIVE_MB = 14;
const PERCENT_MIN = 50;
const PERCENT_MAX = 600;

/** How much the heap may grow between two collections, in percent of what is alive. */
export const heapGrowthPercent = (memoryMB: number): number =>
  Math.round(Math.min(PERCENT_MAX, Math.max(PERCENT_MIN, (100 * memoryMB * GATHERED_SHARE) / LIVE_MB)));

/**
 * Lets buffers gather before V8 looks for those that nobody uses. It counts the bytes of buffers as its own, and a
 * sender has a small heap and passes its whole chunk through buffers: left alone V8 marks all that is alive for every
 * 10 MB, which took more CPU than gzip at level 1. Behind 64 MB it looks whatever this says. Not an option that
 * `NODE_OPTIONS` takes.
 *
 * @param memoryMB of the function. Undefined where that is not known, and where much else is alive, of which as many
 *   percent would gather: V8 then does as it sees fit
 */
export const letBuffersGather = (memoryMB: number | undefined): void =>
  setFlagsFromString(`--heap-growing-percent=${memoryMB === undefined ? 0 : heapGrowthPercent(memoryMB)}`);
