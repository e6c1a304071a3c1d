import { FanoutError, isFanoutError } from './errors.ts';
import type { ProcessMemory } from './flow/process-memory.ts';
import type { Receipt } from './ledger/receipt.ts';
import { createRejectsWriter } from './ledger/rejects.ts';
import { type BatchNote, importChunk, type PipelineResult } from './pipeline.ts';
import type { ChunkMessage, SourceObject } from './plan/chunk.ts';
import type { ByteSource } from './read/byte-source.ts';
import { ReadError } from './read/read-error.ts';
import type { ImportClient } from './send/client.ts';

/** Continuations of one chunk before it is given up: a fuse, far above what a chunk of any size needs. */
const CONTINUATIONS_MAX = 1_000;
/** Wait before the rest of a chunk is tried again after a failure. */
const CONTINUE_AFTER_FAILURE_SECONDS = 30;

export interface SenderDependencies {
  readonly openSource: (object: SourceObject) => ByteSource;
  readonly openClient: (message: ChunkMessage) => Promise<ImportClient>;
  readonly sendReceipt: (receipt: Receipt) => Promise<unknown>;
  readonly continueChunk: (message: ChunkMessage, delaySeconds: number) => Promise<unknown>;
  readonly rejects: RejectsStore;
  readonly now: () => number;
  readonly memory: ProcessMemory;
  readonly onBatch?: ((batch: BatchNote) => void) | undefined;
}

/** The rejects of the Work bucket. */
export interface RejectsStore {
  /** Where the rejects of an import are. */
  uri(importId: string): string;
  put(name: string, body: Buffer): Promise<unknown>;
  /** Deletes what an earlier attempt has left. */
  clear(prefix: string): Promise<unknown>;
}

export interface Delivery {
  /** How often this message has come, this time included. */
  readonly receiveCount: number;
  readonly receiveCountMax: number;
  /** Milliseconds until this process is stopped. */
  readonly remainingMs: () => number;
}

/** A whole run brought a chunk no further, or too many runs did not bring it to its end. */
export class ChunkStuckError extends FanoutError {
  override readonly name = 'ChunkStuckError';
  readonly code = 'CHUNK_STUCK';
  readonly retryable = true;
}

/**
 * Imports a chunk and tells the ledger of its end. What is left when time runs out, or after a failure on the way,
 * is sent on as a continuation. A source that is gone or changed ends the chunk for good.
 *
 * @returns what this run did, or undefined when the chunk has ended for good
 * @throws when nothing was achieved: the message goes back to the queue
 */
export const sendChunk = async (
  message: ChunkMessage,
  delivery: Delivery,
  dependencies: SenderDependencies,
): Promise<PipelineResult | undefined> => {
  try {
    const result = await runPipeline(message, delivery, dependencies);
    const { nextOffset, error } = result;
    if (isEndOfSource(error)) throw error;
    if (error === undefined && nextOffset >= message.range.end) await tellDone(message, result, dependencies);
    else await sendRest(message, result, dependencies);
    return result;
  } catch (error) {
    const isLast = delivery.receiveCount >= delivery.receiveCountMax;
    if (isLast || (isFanoutError(error) && !error.retryable)) await tellFailed(message, error, dependencies);
    if (isEndOfSource(error)) return undefined;
    throw error;
  }
};

const isEndOfSource = (error: unknown): boolean => error instanceof ReadError && !error.retryable;

const runPipeline = async (
  message: ChunkMessage,
  delivery: Delivery,
  dependencies: SenderDependencies,
): Promise<PipelineResult> => {
  const { rejects } = dependencies;
  const name = rejectsName(message);
  if (delivery.receiveCount > 1) await rejects.clear(name);
  const writer = createRejectsWriter((part, body) => rejects.put(`${name}${part}.ndjson.gz`, body));
  const result = await importChunk({
    message,
    source: dependencies.openSource(message.object),
    client: await dependencies.openClient(message),
    rejects: writer,
    remainingMs: delivery.remainingMs,
    now: dependencies.now,
    memory: dependencies.memory,
    onBatch: dependencies.onBatch,
  });
  await writer.close();
  return result;
};

/** One name for each run of a chunk, the same when the run is repeated. */
const rejectsName = ({ importId, chunk, range }: ChunkMessage): string =>
  `${importId}/${String(chunk).padStart(6, '0')}-${range.start}-`;

const tellDone = (
  { importId, source, chunk, recipe }: ChunkMessage,
  { progress }: PipelineResult,
  { sendReceipt, rejects, now }: SenderDependencies,
): Promise<unknown> =>
  sendReceipt({
    v: 1,
    kind: 'chunk-done',
    importId,
    source,
    chunk,
    progress,
    atMs: now(),
    budgetMB: recipe.tuning.memory,
    ...(progress.records.rejected > 0 ? { rejectsUri: rejects.uri(importId) } : {}),
  });

const tellFailed = (
  { importId, source, chunk }: ChunkMessage,
  error: unknown,
  { sendReceipt, now }: SenderDependencies,
): Promise<unknown> => {
  const failure = isFanoutError(error)
    ? { code: error.code, message: error.message }
    : {
        code: 'UNEXPECTED',
        message: `${error instanceof Error ? error.name : 'Something'} stopped the sender; see its log.`,
      };
  return sendReceipt({ v: 1, kind: 'chunk-failed', importId, source, chunk, failure, atMs: now() });
};

const sendRest = async (
  message: ChunkMessage,
  { nextOffset, progress, error }: PipelineResult,
  { continueChunk }: SenderDependencies,
): Promise<void> => {
  const hasAdvanced = nextOffset > message.range.start;
  if (!hasAdvanced || progress.continuations >= CONTINUATIONS_MAX) {
    throw (
      error ??
      new ChunkStuckError(
        hasAdvanced
          ? `Chunk ${message.chunk} of ${message.importId} is at byte ${nextOffset} after ${CONTINUATIONS_MAX} continuations, the most there may be; lower tuning.chunkBytes.`
          : `Chunk ${message.chunk} of ${message.importId} did not get past byte ${nextOffset} in the time of a whole run.`,
      )
    );
  }
  const rest = {
    ...message,
    range: { ...message.range, start: nextOffset },
    progress: { ...progress, continuations: progress.continuations + 1 },
  };
  await continueChunk(rest, error === undefined ? 0 : CONTINUE_AFTER_FAILURE_SECONDS);
};
