import { IN_FLIGHT_SHARE } from './heap.ts';

const MB = 1_000_000;
/** What Lambda, and the report, call a megabyte of memory. */
const MEMORY_MB = 1024 * 1024;

/** What a sender's memory is made of, as bench/calibrate.ts measures it; in bytes, or factors. */
export const MEMORY_PARTS = {
  base: { value: 105 * MB, what: 'Node and the bundle, before the first record' },
  garbagePerByte: { value: 12, what: 'garbage that V8 leaves for each byte of records, at first' },
  garbageMax: { value: 60 * MB, what: 'the most garbage that V8 leaves with small batches' },
  copiesPerBatch: {
    value: 1.2,
    what: 'of each batch under way or being filled: its records, and by turns the body joined of them',
  },
  stages: { value: 1, what: 'buffers of highWater records: what is read ahead of the mapping' },
  request: { value: 570_000, what: "for each request under way: gzip's state, TLS and the answer" },
} as const;

export interface SenderLoad {
  /** The function's memory. */
  readonly memoryMB: number;
  readonly requestsInFlight: number;
  /** Of a full batch, uncompressed. */
  readonly batchBytes: number;
  /** Of the records of one chunk as they are sent: no more of them can be under way. */
  readonly chunkBytes: number;
  /** Of all records that this sender will send. Default: so many that garbage is at its most. */
  readonly senderBytes?: number;
  readonly highWater: number;
  readonly recordBytes: number;
}

export interface SenderMemory {
  /** Requests under way at once: `requestsInFlight`, or fewer where the budget does not hold so many batches. */
  readonly slots: number;
  readonly peakMB: number;
  readonly budgetMB: number;
  /** False where the peak would pass the budget, at which Lambda kills the function. */
  readonly fits: boolean;
}

/** Peak memory of one sender: base, batches under way and the one being filled, buffers between stages, requests. */
export const predictMemory = (load: SenderLoad): SenderMemory => {
  const { memoryMB, requestsInFlight, batchBytes, chunkBytes, highWater, recordBytes } = load;
  const parts = MEMORY_PARTS;
  const inFlightBytesMax = memoryMB * MB * IN_FLIGHT_SHARE;
  const slots = Math.max(1, Math.min(requestsInFlight, Math.floor(inFlightBytesMax / batchBytes)));
  const peakBytes =
    parts.base.value +
    Math.min(
      parts.garbageMax.value,
      (load.senderBytes ?? Number.POSITIVE_INFINITY) * parts.garbagePerByte.value,
    ) +
    Math.min(chunkBytes, (slots + 1) * batchBytes) * parts.copiesPerBatch.value +
    highWater * parts.stages.value * recordBytes +
    slots * parts.request.value;
  const peakMB = peakBytes / MEMORY_MB;
  return { slots, peakMB, budgetMB: memoryMB, fits: peakMB <= memoryMB };
};
