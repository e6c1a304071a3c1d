const KB = 1_000;
const MB = 1_000_000;

export interface RequestRate {
  readonly workers: number;
  /** Requests that each worker keeps under way; one, where a worker is a connection. */
  readonly requestsInFlight?: number;
  /** From the first byte of a request to the last of its answer. */
  readonly responseMs: number;
  readonly recordsPerBatch: number;
}

/** The most that the API's response time allows, if nothing else were in the way: events a second. */
export const maxEventsPerSecond = ({
  workers,
  requestsInFlight = 1,
  responseMs,
  recordsPerBatch,
}: RequestRate): number => workers * requestsInFlight * (1_000 / responseMs) * recordsPerBatch;

export interface ProcessMemory {
  readonly baseBytes: number;
  readonly workers: number;
  readonly batchesPerWorker: number;
  readonly batchBytes: number;
  readonly highWater: number;
  /** Buffers of `highWater` records. */
  readonly stages: number;
  readonly recordBytes: number;
  readonly responseBytesPerWorker: number;
}

/** Memory of one process that runs all workers itself, in bytes: base, batches, buffers between stages, answers. */
export const processMemoryBytes = (parts: ProcessMemory): number =>
  parts.baseBytes +
  parts.workers * parts.batchesPerWorker * parts.batchBytes +
  parts.highWater * parts.stages * parts.recordBytes +
  parts.workers * parts.responseBytesPerWorker;

export interface Transfer {
  readonly eventsPerSecond: number;
  /** Before compression. */
  readonly recordBytes: number;
  /** Uncompressed bytes per compressed byte; 1 without compression. */
  readonly compressionRatio: number;
}

/** What goes over the network, in bytes a second. */
export const bandwidthBytesPerSecond = ({
  eventsPerSecond,
  recordBytes,
  compressionRatio,
}: Transfer): number => (eventsPerSecond * recordBytes) / compressionRatio;

/** The three formulas with numbers put in; what each comes to is `expected`, in `unit`. */
export const WORKED_EXAMPLES = [
  {
    formula: 'workers × (1,000 ÷ response ms) × records per batch',
    numbers: '20 × (1,000 ÷ 200) × 2,000',
    expected: 200_000,
    unit: 'events/s',
    result: maxEventsPerSecond({ workers: 20, responseMs: 200, recordsPerBatch: 2_000 }),
  },
  {
    formula: 'base + workers × batches × batch + highWater × stages × record + workers × answers',
    numbers: '100 MB + 10 × 3 × 4 MB + 100 × 10 × 2 KB + 10 × 2 MB',
    expected: 242,
    unit: 'MB',
    result:
      processMemoryBytes({
        baseBytes: 100 * MB,
        workers: 10,
        batchesPerWorker: 3,
        batchBytes: 4 * MB,
        highWater: 100,
        stages: 10,
        recordBytes: 2 * KB,
        responseBytesPerWorker: 2 * MB,
      }) / MB,
  },
  {
    formula: 'events/s × record ÷ compression ratio',
    numbers: '10,000 × 2 KB × 0.3 (a ratio of 3.3 : 1)',
    expected: 6,
    unit: 'MB/s',
    result:
      bandwidthBytesPerSecond({ eventsPerSecond: 10_000, recordBytes: 2 * KB, compressionRatio: 1 / 0.3 }) /
      MB,
  },
] as const;
