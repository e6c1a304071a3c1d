import { STAGED_DAYS_SAFE } from '../recipe/deploy-config.ts';
import type { Tuning } from '../recipe/schema.ts';
import {
  bindingCap,
  type Cap,
  capsOf,
  chunkSecondsAlone,
  chunkSecondsOfCores,
  type FleetLoad,
} from './caps.ts';
import { roundsPerSecond } from './closed-loop.ts';
import { type Cost, costOf } from './cost.ts';
import { durationSeconds } from './duration.ts';
import { bandwidthBytesPerSecond } from './formulas.ts';
import type { Machine } from './machine.ts';
import { predictMemory, type SenderMemory } from './predict-memory.ts';
import { type Batches, batchesOf, type ServiceCalls, serviceCalls, type Workload } from './quantities.ts';
import type { Quota } from './quota.ts';
import { ratioOf } from './ratio.ts';

export interface PlanOptions {
  readonly workload: Workload;
  readonly tuning: Tuning;
  readonly machine: Machine;
  readonly quota: Quota;
  /** From the first byte of a request to the last of its answer. */
  readonly responseMs: number;
  readonly timeoutSeconds?: number;
  readonly stagedDays?: number;
}

/** What an import will take. */
export interface Plan extends Batches {
  readonly records: number;
  readonly senders: number;
  /** Once all senders are at work. */
  readonly eventsPerSecond: number;
  readonly bindingCap: Cap;
  /** What each cap would allow on its own, in events a second. */
  readonly caps: Readonly<Record<Cap, number>>;
  readonly seconds: number;
  readonly memory: SenderMemory;
  readonly compressionRatio: number;
  readonly sentBytes: number;
  readonly bandwidthBytesPerSecond: number;
  readonly calls: ServiceCalls;
  readonly cost: Cost;
}

const TIMEOUT_SECONDS_DEFAULT = 120;
/** MaximumConcurrency starts at 2. */
const LAMBDA_WORKERS_MIN = 2;

/** Predicts an import from what is imported, the knobs and where it runs. */
export const planImport = (options: PlanOptions): Plan => {
  const { workload, tuning, machine } = options;
  const { records, recordBytes } = workload;
  const batches = batchesOf(workload, tuning);
  const memory = predictMemory({
    ...tuning,
    ...workload.reading,
    memoryMB: tuning.memory,
    batchBytes: batches.batchBytes,
    chunkBytes: batches.recordsPerChunk * recordBytes,
    senderBytes: (records * recordBytes) / sendersOf(options, batches),
    recordBytes,
  });
  const compressionRatio = ratioOf(workload, tuning);
  const load = loadOf(options, { batches, slots: memory.slots, compressionRatio });
  const caps = capsOf(load, machine);
  const { cap, eventsPerSecond } = bindingCap(caps);
  const sustained = sustainedEventsPerSecond(load, machine);
  const seconds = durationSeconds(
    {
      ...batches,
      records,
      senders: load.senders,
      eventsPerSecond: sustained,
      senderEventsPerSecond: load.recordsPerChunk / chunkSecondsAlone(load, machine),
    },
    machine,
  );
  const sentBytes = (records * recordBytes) / compressionRatio;
  const { calls, cost } = billOf(options, { batches, load, seconds, eventsPerSecond: sustained, sentBytes });
  return {
    records,
    ...batches,
    senders: load.senders,
    eventsPerSecond,
    bindingCap: cap,
    caps,
    seconds,
    memory,
    compressionRatio,
    sentBytes,
    bandwidthBytesPerSecond: bandwidthBytesPerSecond({ eventsPerSecond, recordBytes, compressionRatio }),
    calls,
    cost,
  };
};

const workersOf = ({ tuning, machine }: PlanOptions): number =>
  machine.name === 'lambda' ? Math.max(LAMBDA_WORKERS_MIN, tuning.workers) : tuning.workers;

const sendersOf = (options: PlanOptions, { chunks }: Batches): number =>
  Math.max(1, Math.min(workersOf(options), chunks));

const loadOf = (
  options: PlanOptions,
  { batches, slots, compressionRatio }: { batches: Batches; slots: number; compressionRatio: number },
): FleetLoad => {
  const { workload, tuning, quota, responseMs } = options;
  return {
    senders: sendersOf(options, batches),
    workers: workersOf(options),
    slots,
    responseMs,
    recordsPerBatch: batches.recordsPerBatch,
    recordsPerChunk: Math.max(1, batches.recordsPerChunk),
    recordBytes: workload.recordBytes,
    sourceRecordBytes: workload.sourceBytes / Math.max(1, workload.records),
    compressionLevel: tuning.compress ? tuning.compressionLevel : undefined,
    compressionRatio,
    quota,
  };
};

/** Of senders that at times all wait; with cores of their own, the same as of one, so often as there are senders. */
const sustainedEventsPerSecond = (load: FleetLoad, machine: Machine): number => {
  const coresSeconds = chunkSecondsOfCores(load, machine);
  const waitSeconds = Math.max(0, chunkSecondsAlone(load, machine) - coresSeconds);
  return load.recordsPerChunk * roundsPerSecond({ senders: load.senders, waitSeconds, coresSeconds });
};

interface BillOptions {
  readonly batches: Batches;
  readonly load: FleetLoad;
  readonly seconds: number;
  readonly eventsPerSecond: number;
  readonly sentBytes: number;
}

const billOf = (
  { workload, tuning, machine, timeoutSeconds, stagedDays }: PlanOptions,
  { batches, load, seconds, eventsPerSecond, sentBytes }: BillOptions,
): { calls: ServiceCalls; cost: Cost } => {
  const { chunks, recordsPerChunk, requests } = batches;
  const workSeconds = (workload.records / eventsPerSecond) * load.senders;
  const calls = serviceCalls({
    chunks,
    isStaged: workload.isStaged,
    seconds,
    chunkSeconds: (recordsPerChunk / eventsPerSecond) * load.senders,
    timeoutSeconds: timeoutSeconds ?? TIMEOUT_SECONDS_DEFAULT,
  });
  const cost = costOf({
    calls,
    memoryMB: tuning.memory,
    senderSeconds: workSeconds + load.senders * machine.senderStartSeconds,
    requests,
    sentBytes,
    stagedBytes: workload.isStaged ? workload.sourceBytes : 0,
    stagedDays: stagedDays ?? STAGED_DAYS_SAFE,
  });
  return { calls, cost };
};
