import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch } from './batch/batcher.ts';
import { createBatching } from './batching.ts';
import { untilBroken } from './broken-source.ts';
import { type ChunkAccount, createTracker, type Tracker } from './chunk-account.ts';
import { ndjsonBatch } from './encode/ndjson.ts';
import { createInFlight, type InFlight } from './flow/in-flight.ts';
import { createMemoryGate } from './flow/memory-gate.ts';
import type { ProcessMemory } from './flow/process-memory.ts';
import { readAhead } from './flow/read-ahead.ts';
import type { FramedRecord, RecordRun } from './frame/record.ts';
import type { RejectsWriter } from './ledger/rejects.ts';
import type { ResponsesWriter } from './ledger/responses.ts';
import type { ChunkMessage } from './plan/chunk.ts';
import { formatOfChunk } from './plan/chunk-format.ts';
import type { ByteSource } from './read/byte-source.ts';
import { type ReclaimedSource, reclaim } from './read/reclaim.ts';
import { createRequestWatch, type RequestWatch } from './request-watch.ts';
import type { SendResult } from './send/batch.ts';
import type { ImportClient } from './send/client.ts';
import type { SendError } from './send/send-error.ts';
import { createStageClock, type StageClock } from './stage-clock.ts';
import { parseJsonRecord } from './transform/parse-json.ts';
import { isRejection, type Rejection } from './transform/rejection.ts';
import { IN_FLIGHT_SHARE } from './tune/heap.ts';

const MB = 1_000_000;

/** Share of the memory budget that records may take that were read ahead of what is made of them. */
const READ_AHEAD_SHARE = 0.03;
/** Shares of the time given that are left when reading stops, and when waiting for answers stops. */
const STOP_READING_SHARE = 0.25;
const STOP_SENDING_SHARE = 0.1;

export interface PipelineOptions {
  readonly message: ChunkMessage;
  readonly source: ByteSource;
  readonly client: Pick<ImportClient, 'send'>;
  readonly rejects: Pick<RejectsWriter, 'add'>;
  /** Given every answer of the API, unless the recipe is `abridged`. */
  readonly responses: Pick<ResponsesWriter, 'add'>;
  /** Given those in place of `responses` whose batches did not come to count. */
  readonly uncounted: Pick<ResponsesWriter, 'add'>;
  /** Most records that this run takes. Default: all of the range. */
  readonly recordsMax?: number | undefined;
  /** What becomes of every record in place of an event. */
  readonly verdict?: Rejection | undefined;
  /** Milliseconds until this process is stopped. */
  readonly remainingMs: () => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly memory: ProcessMemory;
  /** Told of each batch that is accounted for, where the recipe is `verbose`. */
  readonly onBatch?: ((batch: BatchNote) => void) | undefined;
}

/** What became of a batch, without its contents. */
export interface BatchNote extends Pick<SendResult, 'imported' | 'requests' | 'bytes' | 'waitMs'> {
  readonly rejected: number;
  readonly nextOffset: number;
}

export interface PipelineResult extends ChunkAccount {
  /** Why the chunk did not come to its end, if it was not for want of time. */
  readonly error?: unknown;
  /** What the last request met with that failed, if the chunk did not come to its end for want of time. */
  readonly fault?: SendError | undefined;
}

/**
 * source → records → events → batches → gzip → requests in flight, each stage waiting for the next.
 * Ends at the end of the range, at a failure, or well before the time is over; what was done until then counts. Where
 * the source is broken, that is all that comes before.
 */
export const importChunk = async (given: PipelineOptions): Promise<PipelineResult> => {
  const { message, remainingMs } = given;
  const comesInLines = formatOfChunk(message).frameRuns !== undefined;
  const { source, release } = comesInLines ? reclaim(given.source) : { ...given, release: undefined };
  const options = { ...given, source };
  const givenMs = remainingMs();
  const clock = createStageClock({ ...message.recipe.tuning, now: options.now });
  const tracker = createTracker({ ...options, clock, peakMB: options.memory.peakMB });
  const watch = createRequestWatch(options);
  const inFlight = createSenders(options, { tracker, clock, watch, release });
  const timeIsOver = new Error('The time given is over.');
  const timer = setTimeout(() => inFlight.abort(timeIsOver), givenMs * (1 - STOP_SENDING_SHARE));
  try {
    const { readable, failure } = untilBroken(openFrames(options, clock));
    const records = readAheadOf(readable, options, clock);
    const isTimeToStop = (): boolean => remainingMs() < givenMs * STOP_READING_SHARE;
    const isAtEnd = await feed({ ...options, records, isTimeToStop }, inFlight, clock);
    await clock.sending(inFlight.drain());
    const error = failure();
    return error && isAtEnd
      ? { ...tracker.account(), error }
      : tracker.account(isAtEnd ? message.range.end : undefined);
  } catch (error) {
    inFlight.abort(error);
    // A commit that had begun still counts.
    await inFlight.drain().catch(() => undefined);
    await watch.release();
    return { ...tracker.account(), ...(error === timeIsOver ? { fault: watch.lastFault() } : { error }) };
  } finally {
    clearTimeout(timer);
  }
};

/** Told of what becomes of batches. */
interface Observers {
  /** Of lines, whose places are bytes. */
  readonly release: ReclaimedSource['release'] | undefined;
  readonly tracker: Tracker;
  readonly clock: StageClock;
  readonly watch: RequestWatch;
}

const createSenders = (
  options: PipelineOptions,
  { tracker, clock, watch, release }: Observers,
): InFlight<Batch> => {
  const { message, client } = options;
  const { tuning } = message.recipe;
  return createInFlight<Batch, SendResult>({
    itemsMax: tuning.requestsInFlight,
    bytesMax: tuning.memory * MB * IN_FLIGHT_SHARE,
    bytesOf: ({ bytes, rejected }) => rejected.reduce((sum, { raw }) => sum + raw.length, bytes),
    run: async (batch, signal) => {
      if (batch.records === 0) return NOTHING_SENT;
      const lines = clock.encoding(
        ndjsonBatch(
          batch.parts.map((part) => ('ends' in part ? part : part.body)),
          tuning,
          message.recipe.validate === 'off' ? unreadable : undefined,
        ),
      );
      return clock.delivering(client.send(lines, signal, watch.of(batch, signal)));
    },
    commit: async (batch, result) => {
      await watch.commit(batch);
      await tracker.commit(batch, result);
      afterBatch(batch, result, options);
      release?.(batch.nextOffset);
    },
  });
};

/** Of a record that was sent unread. */
const unreadable = (line: Uint8Array): string | undefined => {
  const value = parseJsonRecord(Buffer.from(line.buffer, line.byteOffset, line.length));
  return isRejection(value) ? `unreadable (${value.code})` : undefined;
};

const afterBatch = (
  { rejected, nextOffset }: Batch,
  { imported, requests, bytes, waitMs, rejected: refused }: SendResult,
  { message, memory, onBatch }: PipelineOptions,
): void => {
  const { verbose, aggressiveGC } = message.recipe.tuning;
  if (verbose) {
    onBatch?.({ imported, requests, bytes, waitMs, rejected: rejected.length + refused.length, nextOffset });
  }
  if (aggressiveGC) memory.collect();
};

interface FeedOptions extends PipelineOptions {
  readonly records: AsyncGenerator<readonly (FramedRecord | RecordRun)[]>;
  readonly isTimeToStop: () => boolean;
}

/** Reads, maps and batches until the range, the time or `recordsMax` is reached. @returns whether the range is */
const feed = async (options: FeedOptions, inFlight: InFlight<Batch>, clock: StageClock): Promise<boolean> => {
  const { recipe } = options.message;
  const { recordsMax = Number.POSITIVE_INFINITY, records, isTimeToStop } = options;
  const toBatch = createBatching(options);
  const waitForMemory = createMemoryGate({ memory: options.memory, budgetMB: recipe.tuning.memory, sleep });
  const submit = (batch: Batch): Promise<void> => clock.sending(inFlight.submit(batch));
  let taken = 0;
  try {
    for (;;) {
      if (recipe.tuning.throttleMemory) await clock.pausing(() => inFlight.unlessAborted(waitForMemory()));
      const { done, value } = await clock.reading(inFlight.unlessAborted(records.next()));
      for (const record of (value ?? []).slice(0, recordsMax - taken)) {
        taken += 1;
        for (const batch of toBatch.add(record)) await submit(batch);
      }
      if (done || taken === recordsMax || isTimeToStop()) {
        const last = toBatch.flush();
        if (last) await submit(last);
        return done === true;
      }
    }
  } finally {
    records.return(undefined).catch(() => undefined);
  }
};

/** The records of the chunk, in runs where they need not be counted one by one. */
const openFrames = (
  { message, source, recordsMax, verdict }: PipelineOptions,
  clock: StageClock,
): AsyncGenerator<readonly (FramedRecord | RecordRun)[]> => {
  const { range, borders, offset, endsFile, breaksOff, header, recipe } = message;
  const { frame, frameRuns = frame } = formatOfChunk(message);
  const isOneByOne = recordsMax !== undefined || verdict !== undefined;
  return (isOneByOne ? frame : frameRuns)(source, {
    ...recipe,
    range,
    borders,
    startsFile: offset === 0,
    endsFile,
    breaksOff,
    header,
    recordBytesMax: recipe.tuning.recordBytesMax,
    measure: clock.framing,
  });
};

/** Reads ahead of what is made of the records. */
const readAheadOf = (
  frames: AsyncGenerator<readonly (FramedRecord | RecordRun)[]>,
  { message }: PipelineOptions,
  clock: StageClock,
): AsyncGenerator<readonly (FramedRecord | RecordRun)[]> => {
  const { highWater, memory } = message.recipe.tuning;
  return readAhead(frames, {
    itemsMax: highWater,
    bytesMax: memory * MB * READ_AHEAD_SHARE,
    bytesOf: ({ bytes }) => bytes.length,
    countOf: (record) => ('ends' in record ? record.ends.length : 1),
    whileFull: clock.stalled,
  });
};

const NOTHING_SENT: SendResult = {
  imported: 0,
  rejected: [],
  requests: { total: 0, retried: 0, throttled: 0 },
  bytes: { sent: 0, compressed: 0 },
  waitMs: { request: 0, backoff: 0, pace: 0 },
};
