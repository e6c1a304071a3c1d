import { type Batch, createBatcher } from './batch/batcher.ts';
import { type ChunkAccount, createTracker, type Tracker } from './chunk-account.ts';
import { ndjsonBatch } from './encode/ndjson.ts';
import { createInFlight, type InFlight } from './flow/in-flight.ts';
import { frameJsonl } from './frame/jsonl.ts';
import type { RejectsWriter } from './ledger/rejects.ts';
import type { ChunkMessage } from './plan/chunk.ts';
import type { ByteSource } from './read/byte-source.ts';
import type { SendResult } from './send/batch.ts';
import type { ImportClient } from './send/client.ts';
import { createEventMapper } from './transform/event.ts';
import { isRejection } from './transform/rejection.ts';
import { IN_FLIGHT_SHARE } from './tune/heap.ts';

const MB = 1_000_000;

/** Shares of the time given that are left when reading stops, and when waiting for answers stops. */
const STOP_READING_SHARE = 0.25;
const STOP_SENDING_SHARE = 0.1;

export interface PipelineOptions {
  readonly message: ChunkMessage;
  readonly source: ByteSource;
  readonly client: Pick<ImportClient, 'send'>;
  readonly rejects: Pick<RejectsWriter, 'add'>;
  /** Milliseconds until this process is stopped. */
  readonly remainingMs: () => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly peakMB: () => number;
}

export interface PipelineResult extends ChunkAccount {
  /** Why the chunk did not come to its end, if it was not for want of time. */
  readonly error?: unknown;
}

/**
 * source → records → events → batches → gzip → requests in flight, each stage waiting for the next.
 * Ends at the end of the range, at a failure, or well before the time is over; what was done until then counts.
 */
export const importChunk = async (options: PipelineOptions): Promise<PipelineResult> => {
  const { message, remainingMs } = options;
  const givenMs = remainingMs();
  const tracker = createTracker(options);
  const inFlight = createSenders(options, tracker);
  const timeIsOver = new Error('The time given is over.');
  const timer = setTimeout(() => inFlight.abort(timeIsOver), givenMs * (1 - STOP_SENDING_SHARE));
  try {
    const isAtEnd = await feed(
      options,
      inFlight,
      tracker,
      () => remainingMs() < givenMs * STOP_READING_SHARE,
    );
    await tracker.sending(inFlight.drain());
    return tracker.account(isAtEnd ? message.range.end : undefined);
  } catch (error) {
    inFlight.abort(error);
    // A commit that had begun still counts.
    await inFlight.drain().catch(() => undefined);
    return error === timeIsOver ? tracker.account() : { ...tracker.account(), error };
  } finally {
    clearTimeout(timer);
  }
};

const createSenders = ({ message, client }: PipelineOptions, tracker: Tracker): InFlight<Batch> => {
  const { tuning } = message.recipe;
  return createInFlight<Batch, SendResult>({
    itemsMax: tuning.requestsInFlight,
    bytesMax: tuning.memory * MB * IN_FLIGHT_SHARE,
    bytesOf: ({ bytes, rejected }) => rejected.reduce((sum, { raw }) => sum + raw.length, bytes),
    run: async ({ records }, signal) =>
      records.length === 0
        ? NOTHING_SENT
        : client.send(
            ndjsonBatch(
              records.map(({ body }) => body),
              tuning,
            ),
            signal,
          ),
    commit: tracker.commit,
  });
};

/** Reads, maps and batches until the range or the time is over. @returns whether the range is */
const feed = async (
  { message, source }: PipelineOptions,
  inFlight: InFlight<Batch>,
  tracker: Tracker,
  isTimeToStop: () => boolean,
): Promise<boolean> => {
  const { recipe, range, borders, offset } = message;
  const map = createEventMapper(recipe, { uri: message.source.uri, etag: message.sourceEtag, offset });
  const batcher = createBatcher(recipe.tuning);
  const { recordBytesMax } = recipe.tuning;
  const frames = frameJsonl(source, { range, borders, startsFile: offset === 0, recordBytesMax });
  const submit = (batch: Batch | undefined): Promise<void> | undefined =>
    batch && tracker.sending(inFlight.submit(batch));
  try {
    for (;;) {
      const { done, value } = await tracker.reading(inFlight.unlessAborted(frames.next()));
      for (const record of value ?? []) {
        const event = map(record);
        const common = { offset: record.offset, raw: record.bytes };
        const batch = isRejection(event)
          ? batcher.add({ ...common, rejection: event, isWhole: record.kind === 'record' }, record.nextOffset)
          : batcher.add({ ...common, body: event.body }, record.nextOffset);
        if (batch) await submit(batch);
      }
      if (done || isTimeToStop()) {
        await submit(batcher.flush());
        return done === true;
      }
    }
  } finally {
    frames.return(undefined).catch(() => undefined);
  }
};

const NOTHING_SENT: SendResult = {
  imported: 0,
  rejected: [],
  requests: { total: 0, retried: 0, throttled: 0 },
  bytes: { sent: 0, compressed: 0 },
  waitMs: { request: 0, backoff: 0, pace: 0 },
};
