import { chunkBytesFor } from '../plan/ranges.ts';
import { API_BATCH_RECORDS_MAX } from '../recipe/schema.ts';
import { densityOf } from './density.ts';
import type { Extent } from './extent.ts';
import type { GzipLevel } from './gzip-levels.ts';
import { bestLevel, type LevelCost, levelCosts } from './level-cost.ts';
import { lambdaMachine } from './machine.ts';
import type { RecordProfile } from './profile.ts';

const MB = 1_000_000;
const MiB = 1024 * 1024;
/** A batch is sized to half of what the API takes, so that one of longer records than usual still fits. */
const BATCH_BYTES_GOAL = 5 * MB;
const BATCH_FILL_SHARE = 0.9;
const HIGH_WATER_MIN = 16;
/** How long an invocation should take. */
const INVOCATION_SECONDS = 30;
const CHUNK_BYTES_MIN = 4 * MiB;

/** The value of a knob, and why. */
export interface Choice<T> {
  readonly value: T;
  readonly reason: string;
}

export interface BatchChoices {
  readonly recordsPerBatch: Choice<number>;
  readonly requestsInFlight: Choice<number>;
}

export interface FlowChoices {
  readonly highWater: Choice<number>;
  readonly compressionLevel: Choice<number>;
  readonly chunkBytes: Choice<number>;
}

export interface FlowOptions {
  readonly profile: RecordProfile;
  readonly extent: Extent;
  readonly levels: readonly GzipLevel[];
  readonly workers: number;
  /** Of one sender. */
  readonly memoryMB: number;
}

/** What depends on the size of the records alone. */
export const chooseBatches = (profile: RecordProfile, bytesPerBatch: number): BatchChoices => {
  const { name, requestsInFlight } = densityOf(profile.planningBytes);
  return {
    recordsPerBatch: chooseRecordsPerBatch(Math.max(profile.planningBytes, profile.sentBytes), bytesPerBatch),
    requestsInFlight: {
      value: requestsInFlight,
      reason: `Keeps a sender busy while answers take 200 ms, with ${name} events.`,
    },
  };
};

/** What depends on the senders too: how many there are, and how much memory each has. */
export const chooseFlow = (
  options: FlowOptions,
): { readonly choices: FlowChoices; readonly costs: readonly LevelCost[] } => {
  const costs = levelCosts(options.levels);
  const compressionLevel = chooseLevel(costs);
  return {
    choices: {
      highWater: chooseHighWater(options),
      compressionLevel,
      chunkBytes: chooseChunkBytes(options, compressionLevel.value),
    },
    costs,
  };
};

const chooseRecordsPerBatch = (recordBytes: number, bytesPerBatch: number): Choice<number> => {
  const goalBytes = Math.min(BATCH_BYTES_GOAL, bytesPerBatch * BATCH_FILL_SHARE);
  const fitting = Math.floor(goalBytes / Math.max(1, recordBytes));
  if (fitting >= API_BATCH_RECORDS_MAX) {
    return { value: API_BATCH_RECORDS_MAX, reason: 'The most that the API takes; they fit.' };
  }
  const value = Math.max(1, fitting > 10 ? Math.floor(fitting / 10) * 10 : fitting);
  const batchMB = (value * recordBytes) / MB;
  return { value, reason: `A batch then has about ${batchMB.toFixed(1)} MB.` };
};

const chooseHighWater = ({ profile, memoryMB }: FlowOptions): Choice<number> => {
  const { name, highWaterMax, megabytesPerHighWater } = densityOf(profile.planningBytes);
  const fitting = Math.floor(memoryMB / megabytesPerHighWater);
  return fitting < highWaterMax
    ? {
        value: Math.max(HIGH_WATER_MIN, fitting),
        reason: `One for each ${megabytesPerHighWater} MB of a sender, with ${name} events.`,
      }
    : { value: highWaterMax, reason: `More smooth nothing with ${name} events.` };
};

const chooseLevel = (costs: readonly LevelCost[]): Choice<number> => {
  const { level, ratio, totalDollars } = bestLevel(costs);
  return {
    value: level,
    reason: `The lowest of the cheapest: ${ratio.toFixed(1)} : 1, $${totalDollars.toFixed(4)} for each GB.`,
  };
};

const chooseChunkBytes = (options: FlowOptions, level: number): Choice<number> => {
  const { extent, workers, memoryMB } = options;
  const planned = chunkBytesFor(extent.bytes, { workers });
  const inTime = senderBytesPerSecond(options, level) * INVOCATION_SECONDS;
  const value = Math.max(CHUNK_BYTES_MIN, Math.floor(Math.min(planned, inTime) / MiB) * MiB);
  return planned <= inTime
    ? { value, reason: 'About four chunks for each sender, within 4 and 64 MiB.' }
    : { value, reason: `What a sender of ${memoryMB} MB imports in about ${INVOCATION_SECONDS} s.` };
};

/** What the CPU of a function with this memory reads, maps and compresses. */
const senderBytesPerSecond = ({ profile, memoryMB }: FlowOptions, level: number): number => {
  const { coresPerSender, speeds } = lambdaMachine(memoryMB);
  const secondsPerByte =
    1 / speeds.mapBytesPerSecond +
    speeds.mapSecondsPerRecord / Math.max(1, profile.planningBytes) +
    1 / speeds.gzipBytesPerSecond(level);
  return coresPerSender / secondsPerByte;
};
