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

/**
 * The formula of `maxEventsPerSecond`, for chunks that end: the last batch of each is smaller, its last requests have
 * no others beside them, and the next chunk has to be fetched.
 */
const requestEventsPerSecond = (load: FleetLoad, machine: Machine): number => {
  const { senders, slots, responseMs, recordsPerBatch, recordsPerChunk } = load;
  const rounds = Math.ceil(Math.ceil(recordsPerChunk / recordsPerBatch) / slots);
  const roundMs = responseMs + encodeSeconds(load, machine) * 1_000;
  const chunkMs = rounds * roundMs + machine.chunkSeconds * 1_000;
  return maxEventsPerSecond({ workers: senders, responseMs: chunkMs, recordsPerBatch: recordsPerChunk });
};

/** A batch holds its place among the requests in flight while it is compressed, by one thread. */
const encodeSeconds = (load: FleetLoad, machine: Machine): number =>
  (Math.min(load.recordsPerBatch, load.recordsPerChunk) * gzipSeconds(load, machine)) /
  Math.min(1, machine.coresPerSender);

/** The main thread is one core at most; gzip runs beside it; and all senders may share one set of cores. */
const cpuEventsPerSecond = (load: FleetLoad, machine: Machine): number => {
  const map = machine.speeds.mapSecondsPerRecord + load.recordBytes / machine.speeds.mapBytesPerSecond;
  const all = map + gzipSeconds(load, machine);
  const others = machine.otherSecondsPerRecord + load.recordBytes * machine.otherSecondsPerByte;
  const perSender = Math.min(Math.min(1, machine.coresPerSender) / map, machine.coresPerSender / all);
  return Math.min(load.senders * perSender, machine.coresShared / (all + others));
};

const gzipSeconds = ({ compressionLevel, recordBytes }: FleetLoad, { speeds }: Machine): number =>
  compressionLevel === undefined ? 0 : recordBytes / speeds.gzipBytesPerSecond(compressionLevel);

/** Each sender paces itself at its part of the quota, whether or not the others are at work. */
const quotaEventsPerSecond = ({ quota, recordBytes, senders, workers }: FleetLoad): number =>
  Math.min(quota.eventsPerSecond, quota.bytesPerMinute / 60 / recordBytes) * (senders / workers);
