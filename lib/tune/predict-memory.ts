import { IN_FLIGHT_SHARE } from './heap.ts';

const MB = 1_000_000;

/** A sender before its first record: Node and the bundle. This and what follows is measured with bench/calibrate.ts. */
const BASE_BYTES = 105 * MB;
/** Garbage that V8 leaves until there is more of it: for each byte of records that a sender has mapped, up to the most. */
const GARBAGE_PER_BYTE = 12;
const GARBAGE_BYTES_MAX = 60 * MB;
/** Of a batch under way there are its records and, while it is sent, the body joined of them and the gzip of that. */
const COPIES_PER_BATCH = 1.2;
/** Stages that buffer `highWater` records. */
export const BUFFERED_STAGES = 2;
/** What one request holds besides: its answer, TLS and gzip's own state. */
const RESPONSE_BYTES = 300_000;
const GZIP_STATE_BYTES = 268_000;

export interface SenderLoad {
  /** The function's memory. */
  readonly memoryMB: number;
  readonly requestsInFlight: number;
  /** Of a full batch, uncompressed. */
  readonly batchBytes: number;
  /** Of the records of one chunk as they are sent: no more of them can be under way. */
  readonly chunkBytes: number;
  /** Of all records that this sender will send. */
  readonly senderBytes: number;
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
  const { memoryMB, requestsInFlight, batchBytes, chunkBytes, senderBytes, highWater, recordBytes } = load;
  const inFlightBytesMax = memoryMB * MB * IN_FLIGHT_SHARE;
  const slots = Math.max(1, Math.min(requestsInFlight, Math.floor(inFlightBytesMax / batchBytes)));
  const peakBytes =
    BASE_BYTES +
    Math.min(GARBAGE_BYTES_MAX, senderBytes * GARBAGE_PER_BYTE) +
    Math.min(chunkBytes, (slots + 1) * batchBytes) * COPIES_PER_BATCH +
    highWater * BUFFERED_STAGES * recordBytes +
    slots * (RESPONSE_BYTES + GZIP_STATE_BYTES);
  const peakMB = peakBytes / MB;
  return { slots, peakMB, budgetMB: memoryMB, fits: peakMB <= memoryMB };
};
