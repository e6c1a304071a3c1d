import { maxEventsPerSecond } from './formulas.ts';
import type { Machine } from './machine.ts';
import type { Quota } from './quota.ts';

/** What keeps an import from going faster. */
export type Cap = 'requests' | 'source' | 'network' | 'cpu' | 'api';

export const CAPS: Readonly<Record<Cap, { readonly what: string; readonly turn: string }>> = {
  requests: {
    what: 'workers × requests in flight, each waiting for its answer',
    turn: 'raise workers or requestsInFlight',
  },
  source: { what: 'what the senders read from S3', turn: 'raise workers' },
  network: { what: 'what the senders can upload', turn: 'compress, at a higher level; raise workers' },
  cpu: {
    what: 'parsing and gzip on the cores of the senders',
    turn: 'raise memory or workers; lower compressionLevel',
  },
  api: { what: "the project's quota", turn: 'nothing here: ask Mixpanel for more' },
};

export interface FleetLoad {
  /** Senders at work at once, and those that share the quota. */
  readonly senders: number;
  readonly workers: number;
  /** Requests that one sender has under way at most. */
  readonly slots: number;
  readonly responseMs: number;
  readonly recordsPerBatch: number;
  readonly recordsPerChunk: number;
  /** Average record as it is sent, its newline included. */
  readonly recordBytes: number;
  /** As it stands in the source. */
  readonly sourceRecordBytes: number;
  /** Undefined where nothing is compressed. */
  readonly compressionLevel?: number | undefined;
  readonly compressionRatio: number;
  readonly quota: Quota;
}

/** Events a second that each cap allows on its own. */
export const capsOf = (load: FleetLoad, machine: Machine): Record<Cap, number> => ({
  requests: requestEventsPerSecond(load, machine),
  source: (load.senders * machine.sourceBytesPerSecond) / load.sourceRecordBytes,
  network: (load.senders * machine.uploadBytesPerSecond * load.compressionRatio) / load.recordBytes,
  cpu: cpuEventsPerSecond(load, machine),
  api: quotaEventsPerSecond(load),
});

/** The smallest cap: that many events a second, and what it is that binds. */
export const bindingCap = (caps: Readonly<Record<Cap, number>>): { cap: Cap; eventsPerSecond: number } => {
  const [cap, eventsPerSecond] = (Object.entries(caps) as [Cap, number][]).reduce((least, next) =>
    next[1] < least[1] ? next : least,
  );
  return { cap, eventsPerSecond };
};

/** The formula of `maxEventsPerSecond`, for chunks that end. */
const requestEventsPerSecond = (load: FleetLoad, machine: Machine): number => {
  const { senders, recordsPerChunk } = load;
  const responseMs = requestSeconds(load, machine) * 1_000;
  return maxEventsPerSecond({ workers: senders, responseMs, recordsPerBatch: recordsPerChunk });
};

/**
 * What the requests of one chunk take: the last batch is smaller, its last requests have no others beside them, the
 * first one has to be filled, and the next chunk has to be fetched.
 */
const requestSeconds = (load: FleetLoad, machine: Machine): number => {
  const { slots, recordsPerBatch, recordsPerChunk } = load;
  const rounds = Math.ceil(Math.ceil(recordsPerChunk / recordsPerBatch) / slots);
  const firstBatchSeconds = Math.min(recordsPerBatch, recordsPerChunk) * mapSeconds(load, machine);
  return firstBatchSeconds + rounds * roundSeconds(load, machine) + machine.chunkSeconds;
};

/** A batch holds its place among the requests in flight while it is compressed, by one thread, and answered. */
const roundSeconds = (load: FleetLoad, machine: Machine): number => {
  const records = Math.min(load.recordsPerBatch, load.recordsPerChunk);
  const encodeSeconds = (records * gzipSeconds(load, machine)) / Math.min(1, machine.coresPerSender);
  return load.responseMs / 1_000 + encodeSeconds + records * serverSeconds(load, machine);
};

/**
 * What a chunk takes one sender that has its caps to itself. Even if all its requests fit at once, the last of them
 * leaves when the chunk is mapped.
 */
export const chunkSecondsAlone = (load: FleetLoad, machine: Machine): number => {
  const { recordsPerChunk } = load;
  const { requests, ...others } = capsOf({ ...load, senders: 1 }, machine);
  const mappedSeconds = recordsPerChunk * mapSeconds(load, machine) + roundSeconds(load, machine);
  return Math.max(
    recordsPerChunk / Math.min(...Object.values(others)),
    recordsPerChunk / requests,
    mappedSeconds + machine.chunkSeconds,
  );
};

/** What the shared cores take for a chunk, by all that run on them. */
export const chunkSecondsOfCores = (load: FleetLoad, machine: Machine): number =>
  (load.recordsPerChunk * sharedSeconds(load, machine)) / machine.coresShared;

/** The main thread is one core at most; gzip runs beside it; and all senders may share one set of cores. */
const cpuEventsPerSecond = (load: FleetLoad, machine: Machine): number => {
  const all = mapCpuSeconds(load, machine) + gzipSeconds(load, machine);
  const perSender = Math.min(1 / mapSeconds(load, machine), machine.coresPerSender / all);
  return Math.min(load.senders * perSender, machine.coresShared / sharedSeconds(load, machine));
};

const sharedSeconds = (load: FleetLoad, machine: Machine): number =>
  mapCpuSeconds(load, machine) +
  gzipSeconds(load, machine) +
  load.recordBytes * machine.storeSecondsPerByte +
  serverSeconds(load, machine);

/** Of the main thread, for a record. */
const mapSeconds = (load: FleetLoad, machine: Machine): number =>
  mapCpuSeconds(load, machine) / Math.min(1, machine.coresPerSender);

const mapCpuSeconds = ({ recordBytes }: FleetLoad, { speeds }: Machine): number =>
  speeds.mapSecondsPerRecord + recordBytes / speeds.mapBytesPerSecond;

const serverSeconds = ({ recordBytes }: FleetLoad, machine: Machine): number =>
  machine.serverSecondsPerRecord + recordBytes * machine.serverSecondsPerByte;

const gzipSeconds = ({ compressionLevel, recordBytes }: FleetLoad, { speeds }: Machine): number =>
  compressionLevel === undefined ? 0 : recordBytes / speeds.gzipBytesPerSecond(compressionLevel);

/** Each sender paces itself at its part of the quota, whether or not the others are at work. */
const quotaEventsPerSecond = ({ quota, recordBytes, senders, workers }: FleetLoad): number =>
  Math.min(quota.eventsPerSecond, quota.bytesPerMinute / 60 / recordBytes) * (senders / workers);
