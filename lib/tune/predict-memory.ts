import { heapGrowthPercent, LIVE_MB } from '../flow/heap-growth.ts';
import { IN_FLIGHT_SHARE, oldSpaceMB, semiSpaceMB } from './heap.ts';
import type { ReadingLoad } from './reading-load.ts';

const MB = 1_000_000;
/** What Lambda, and the report, call a megabyte of memory. */
const MEMORY_MB = 1024 * 1024;

/**
 * What a sender's memory is made of, in bytes, or factors: fitted to peaks of 56 senders with 128 MB to 2 GB, events
 * of 300 B to 10 KB, 1 to 16 requests in flight and up to 500 MB each, all of which it meets within 15 %. Senders
 * that live longer take a little more: after 2.5 GB a seventh. What is gathered and held comes of 40 imports more, of
 * CSV, JSON lines, Avro and Parquet whose fields are taken from columns: met within a sixth.
 */
export const MEMORY_PARTS = {
  base: { value: 92 * MB, what: 'Node and the bundle, before the first record' },
  garbagePerByte: { value: 12, what: 'garbage that V8 leaves for each byte of records, at first' },
  garbageMax: { value: 29 * MB, what: 'the most garbage that V8 leaves beside batches' },
  semiSpaces: {
    value: 0.8,
    what: 'of the semi space that the memory allows: garbage not yet collected there',
  },
  copiesPerBatch: {
    value: 3.2,
    what: 'of each batch under way or being filled: its records, the body joined of them, what gzip makes of it, and as much again that is not collected yet',
  },
  stages: { value: 1, what: 'buffers of highWater records: what is read ahead of the mapping' },
  gathered: {
    value: 1,
    what: 'of what V8 lets gather between two collections, by what is alive, up to half of the way to the end of its heap; times the share of the records that are not sent as they are',
  },
  pageValue: {
    value: 30,
    what: 'for each value in the pages of Parquet that are decoded: one page of each column',
  },
  columnByte: {
    value: 1,
    what: 'for each byte of the columns of Parquet that are read at once, at most 32 MiB',
  },
  request: { value: 570_000, what: "for each request under way: gzip's state, TLS and the answer" },
} as const;

export interface SenderLoad extends ReadingLoad {
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
  const {
    memoryMB,
    requestsInFlight,
    batchBytes,
    chunkBytes,
    highWater,
    recordBytes,
    columnBytes = 0,
  } = load;
  const parts = MEMORY_PARTS;
  const inFlightBytesMax = memoryMB * MB * IN_FLIGHT_SHARE;
  const slots = Math.max(1, Math.min(requestsInFlight, Math.floor(inFlightBytesMax / batchBytes)));
  const peakBytes =
    parts.base.value +
    garbageBytes(load) +
    Math.min(chunkBytes, (slots + 1) * batchBytes) * parts.copiesPerBatch.value +
    pageBytes(load) +
    columnBytes * parts.columnByte.value +
    highWater * parts.stages.value * recordBytes +
    slots * parts.request.value;
  const peakMB = peakBytes / MEMORY_MB;
  return { slots, peakMB, budgetMB: memoryMB, fits: peakMB <= memoryMB };
};

const pageBytes = ({ pageValues = 0 }: SenderLoad): number => pageValues * MEMORY_PARTS.pageValue.value;

/** Little at first, and soon as much as V8 lets gather. */
const garbageBytes = (load: SenderLoad): number => {
  const { memoryMB, senderBytes = Number.POSITIVE_INFINITY } = load;
  const { garbagePerByte, garbageMax, semiSpaces } = MEMORY_PARTS;
  const young = semiSpaceMB(memoryMB) * MEMORY_MB * semiSpaces.value;
  return Math.min(garbageMax.value + young + gatheredBytes(load), senderBytes * garbagePerByte.value);
};

/** Values, records and their text, each an object or a small buffer, of which nobody needs most any more. */
const gatheredBytes = (load: SenderLoad): number => {
  const { memoryMB, apartShare = 0 } = load;
  const aliveBytes = LIVE_MB * MEMORY_MB + pageBytes(load);
  const grown = (aliveBytes * heapGrowthPercent(memoryMB)) / 100;
  const halfway = Math.max(0, oldSpaceMB(memoryMB) * MEMORY_MB - aliveBytes) / 2;
  return apartShare * MEMORY_PARTS.gathered.value * Math.min(grown, halfway);
};
