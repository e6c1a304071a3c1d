import type { RecipeInput } from '../../lib/recipe/schema.ts';
import { API_BATCH_BYTES_MAX } from '../../lib/recipe/schema.ts';
import type { Density } from '../../lib/tune/density.ts';
import { IN_FLIGHT_SHARE } from '../../lib/tune/heap.ts';

const MB = 1_000_000;
/** Most requests that one sender keeps under way: the knob's own limit. */
const REQUESTS_PER_SENDER_MAX = 16;
const SENDER_MEMORY_MB_MIN = 128;
/** More than this machine reaches, since the guide's rows know no quota. */
const UNBOUND_QUOTA = { eventsPerSecond: 10_000_000, megabytesPerMinute: 1_000_000 };

/** A row of the performance guide's tables: its `workers` are parallel requests of one process, its memory is that process's. */
export interface GuideRow {
  readonly density: Density;
  readonly workers: number;
  readonly highWater: number;
  readonly memoryMB: number;
  readonly eventsPerSecond: number;
}

export const GUIDE_ROWS: readonly GuideRow[] = [
  { density: 'small', workers: 5, highWater: 50, memoryMB: 150, eventsPerSecond: 15_000 },
  { density: 'small', workers: 10, highWater: 100, memoryMB: 250, eventsPerSecond: 28_000 },
  { density: 'small', workers: 20, highWater: 150, memoryMB: 400, eventsPerSecond: 45_000 },
  { density: 'small', workers: 30, highWater: 200, memoryMB: 600, eventsPerSecond: 52_000 },
  { density: 'medium', workers: 3, highWater: 30, memoryMB: 200, eventsPerSecond: 6_000 },
  { density: 'medium', workers: 8, highWater: 60, memoryMB: 350, eventsPerSecond: 14_000 },
  { density: 'medium', workers: 15, highWater: 100, memoryMB: 500, eventsPerSecond: 22_000 },
  { density: 'medium', workers: 20, highWater: 150, memoryMB: 750, eventsPerSecond: 26_000 },
  { density: 'large', workers: 2, highWater: 16, memoryMB: 300, eventsPerSecond: 1_500 },
  { density: 'large', workers: 3, highWater: 20, memoryMB: 400, eventsPerSecond: 2_200 },
  { density: 'large', workers: 5, highWater: 30, memoryMB: 600, eventsPerSecond: 3_500 },
  { density: 'large', workers: 8, highWater: 50, memoryMB: 1_000, eventsPerSecond: 4_800 },
];

/** What a row is here: as few senders as hold its requests, which share its memory. */
export interface RealisedRow {
  readonly senders: number;
  readonly requestsInFlight: number;
  /** Of each sender. */
  readonly memoryMB: number;
  /** Most uncompressed bytes of a batch: all requests of the row must fit into what a sender keeps under way. */
  readonly bytesPerBatch: number;
}

export const realise = ({ workers, memoryMB: totalMB }: GuideRow): RealisedRow => {
  const senders = Math.ceil(workers / REQUESTS_PER_SENDER_MAX);
  const requestsInFlight = Math.ceil(workers / senders);
  const memoryMB = Math.max(SENDER_MEMORY_MB_MIN, Math.floor(totalMB / senders));
  const fittingBytes = Math.floor((memoryMB * MB * IN_FLIGHT_SHARE) / requestsInFlight);
  return { senders, requestsInFlight, memoryMB, bytesPerBatch: Math.min(API_BATCH_BYTES_MAX, fittingBytes) };
};

/** The row as a recipe; all that it does not name is left to the defaults. */
export const recipeOf = (row: GuideRow, compressionLevel?: number): RecipeInput => {
  const { senders, requestsInFlight, memoryMB, bytesPerBatch } = realise(row);
  return {
    destination: { quota: UNBOUND_QUOTA },
    tuning: {
      workers: senders,
      requestsInFlight,
      memory: memoryMB,
      highWater: row.highWater,
      bytesPerBatch,
      ...(compressionLevel === undefined ? {} : { compressionLevel }),
    },
  };
};
