import {
  type BatchChoices,
  type Choice,
  chooseBatches,
  chooseFlow,
  type FlowChoices,
} from './choose-knobs.ts';
import { densityOf } from './density.ts';
import type { Extent } from './extent.ts';
import type { GzipLevel } from './gzip-levels.ts';
import type { LevelCost } from './level-cost.ts';
import { neededMemoryMB } from './needed-memory.ts';
import type { RecordProfile } from './profile.ts';
import type { ReadingLoad } from './reading-load.ts';

const MiB = 1024 * 1024;
/** No smaller chunk is planned, so no more senders than chunks of this size have work. */
const CHUNK_BYTES_MIN = 4 * MiB;
const CHUNK_BYTES_MAX = 64 * MiB;
/** CPU and network come with memory: below this, AWS gives too little of either. */
const COMFORTABLE_MEMORY_MB = 512;
const MEMORY_MB_MIN = 128;

export interface RecommendOptions {
  readonly profile: RecordProfile;
  readonly extent: Extent;
  readonly levels: readonly GzipLevel[];
  readonly bytesPerBatch: number;
  readonly reading: ReadingLoad;
  /** What all senders together may take; each has its own memory, so without a bound none is kept. */
  readonly availableMemoryMB?: number | undefined;
  /** The source arrives as fast as S3 sends. */
  readonly isRemote: boolean;
}

export interface Recommendation extends BatchChoices, FlowChoices {
  readonly workers: Choice<number>;
  readonly memory: Choice<number>;
  readonly throttleMemory: Choice<boolean>;
  readonly aggressiveGC: Choice<boolean>;
  readonly compress: Choice<boolean>;
}

/** Knobs for a source, each with its reason; and what each gzip level would cost. */
export const recommend = (
  options: RecommendOptions,
): { readonly knobs: Recommendation; readonly costs: readonly LevelCost[] } => {
  const { profile, extent, levels, availableMemoryMB } = options;
  const batches = chooseBatches(profile, options.bytesPerBatch);
  const neededMB = neededMemoryMB({
    ...options.reading,
    requestsInFlight: batches.requestsInFlight.value,
    batchBytes: batches.recordsPerBatch.value * profile.planningBytes,
    chunkBytes: CHUNK_BYTES_MAX,
    senderBytes: CHUNK_BYTES_MAX,
    highWater: densityOf(profile.planningBytes).highWaterMax,
    recordBytes: profile.planningBytes,
  });
  const memory = chooseMemory(neededMB, availableMemoryMB);
  const workers = chooseWorkers(profile, extent, memory.value, availableMemoryMB);
  const flow = chooseFlow({ profile, extent, levels, workers: workers.value, memoryMB: memory.value });
  return {
    knobs: {
      workers,
      memory,
      ...batches,
      ...flow.choices,
      ...chooseThrift(options, neededMB > memory.value),
      compress: { value: true, reason: 'Egress costs far more than the CPU that gzip takes.' },
    },
    costs: flow.costs,
  };
};

const chooseMemory = (neededMB: number, availableMB: number | undefined): Choice<number> => {
  if (availableMB === undefined) {
    return neededMB > COMFORTABLE_MEMORY_MB
      ? { value: neededMB, reason: 'Batches under way and buffers of this size need it.' }
      : { value: COMFORTABLE_MEMORY_MB, reason: `${neededMB} MB would do; CPU and network come with more.` };
  }
  const value = Math.max(MEMORY_MB_MIN, Math.min(neededMB, Math.floor(availableMB)));
  return value < neededMB
    ? { value, reason: `${neededMB} MB would be right, and ${availableMB} MB are available.` }
    : { value, reason: `What a sender needs, so that more of them fit into ${availableMB} MB.` };
};

const chooseWorkers = (
  { planningBytes }: RecordProfile,
  { bytes }: Extent,
  memoryMB: number,
  availableMB = Number.POSITIVE_INFINITY,
): Choice<number> => {
  const { name, workersMax, megabytesPerWorker } = densityOf(planningBytes);
  const chunks = Math.ceil(bytes / CHUNK_BYTES_MIN);
  const bounds: Choice<number>[] = [
    { value: workersMax, reason: `More gain little with ${name} events.` },
    {
      value: Math.floor(availableMB / megabytesPerWorker),
      reason: `One for each ${megabytesPerWorker} MB of ${availableMB} MB, with ${name} events.`,
    },
    { value: Math.floor(availableMB / memoryMB), reason: `Senders of ${memoryMB} MB in ${availableMB} MB.` },
    { value: chunks, reason: `The source makes ${chunks} ${chunks === 1 ? 'chunk' : 'chunks'} of 4 MiB.` },
  ];
  const least = bounds.reduce((lowest, next) => (next.value < lowest.value ? next : lowest));
  return { ...least, value: Math.max(1, least.value) };
};

const chooseThrift = (
  { profile, isRemote }: RecommendOptions,
  isTight: boolean,
): Pick<Recommendation, 'throttleMemory' | 'aggressiveGC'> => {
  const density = densityOf(profile.planningBytes);
  const tight = { value: true, reason: 'Memory is tighter than such events ask for.' };
  const pause = (): Choice<boolean> => {
    if (density.throttleMemory) return { value: true, reason: 'A few large events fill the memory quickly.' };
    if (isRemote) return { value: true, reason: 'S3 may send faster than a sender empties.' };
    return { value: false, reason: 'The buffers of such events stay small.' };
  };
  return {
    throttleMemory: isTight ? tight : pause(),
    aggressiveGC: isTight ? tight : { value: false, reason: 'It would cost CPU, and memory suffices.' },
  };
};
