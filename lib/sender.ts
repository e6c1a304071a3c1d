import { isBroken } from './broken-source.ts';
import { type ChunkParts, chunkName, createChunkParts } from './chunk-parts.ts';
import { CONTINUATIONS_MAX, chunkStuck } from './chunk-stuck.ts';
import { isFanoutError } from './errors.ts';
import type { ProcessMemory } from './flow/process-memory.ts';
import type { OutcomeStore } from './ledger/outcome-store.ts';
import type { Failure, Receipt } from './ledger/receipt.ts';
import { type BatchNote, importChunk, type PipelineOptions, type PipelineResult } from './pipeline.ts';
import type { ChunkMessage, SourceObject } from './plan/chunk.ts';
import type { ByteSource } from './read/byte-source.ts';
import { ReadError } from './read/read-error.ts';
import type { ImportClient } from './send/client.ts';
import { reject } from './transform/rejection.ts';
import { type Attempts, trialAfter, trialStep } from './trial.ts';
import { knobsSchema } from './tune/knobs.ts';

/** Wait before the rest of a chunk is tried again after a failure. */
const CONTINUE_AFTER_FAILURE_SECONDS = 30;

export interface SenderDependencies {
  readonly openSource: (object: SourceObject) => ByteSource;
  readonly openClient: (message: ChunkMessage) => Promise<ImportClient>;
  readonly sendReceipt: (receipt: Receipt) => Promise<unknown>;
  readonly continueChunk: (message: ChunkMessage, delaySeconds: number) => Promise<unknown>;
  /** Of rejects and of the API's answers. */
  readonly outcomes: OutcomeStore;
  /** What became of runs that came before, kept apart from the message, which cannot change. */
  readonly attempts: AttemptsStore;
  readonly now: () => number;
  readonly memory: ProcessMemory;
  readonly onBatch?: ((batch: BatchNote) => void) | undefined;
}

export interface AttemptsStore {
  /** @returns zeros where nothing was written */
  read(name: string): Promise<Attempts>;
  write(name: string, attempts: Attempts): Promise<unknown>;
}

export interface Delivery {
  /** Of the queue; a message that is sent on has another. */
  readonly messageId: string;
  /** How often this message has come, this time included. */
  readonly receiveCount: number;
  readonly receiveCountMax: number;
  /** Milliseconds until this process is stopped. */
  readonly remainingMs: () => number;
}

/**
 * Imports a chunk and tells the ledger of its end. What is left when time runs out, or after a failure on the way,
 * is sent on as a continuation. A source that is gone or changed ends the chunk for good. A chunk whose senders are
 * killed is tried in ever smaller parts, until the record that does it is rejected.
 *
 * @returns what this run did, or undefined when the chunk has ended for good or was divided
 * @throws when nothing was achieved: the message goes back to the queue
 */
export const sendChunk = async (
  message: ChunkMessage,
  delivery: Delivery,
  dependencies: SenderDependencies,
): Promise<PipelineResult | undefined> => {
  const isFirst = delivery.receiveCount === 1 && !message.trial;
  if (isFirst) return runChunk(message, { delivery }, dependencies);
  const { attempts } = dependencies;
  const name = `${message.importId}/${delivery.messageId}.json`;
  const before = await attempts.read(name);
  const step = trialStep(message, before);
  if (step.kind === 'divide') {
    await dependencies.continueChunk({ ...message, trial: step.trial }, 0);
    return undefined;
  }
  const started = { ...before, started: before.started + 1 };
  await attempts.write(name, started);
  const limits = step.kind === 'run' ? step : { recordsMax: 1, verdict: SENDER_KILLED };
  return runChunk(message, { delivery, ...limits }, dependencies).catch(async (error: unknown) => {
    // Where this fails too, the run counts as killed, which costs a smaller run and no more.
    await attempts.write(name, { ...started, ended: started.ended + 1 }).catch(() => undefined);
    throw error;
  });
};

const SENDER_KILLED = reject(
  'SENDER_KILLED',
  'Senders were killed whenever they worked on this record, at last on it alone: it takes more memory or time than they have.',
);

interface Run extends Pick<PipelineOptions, 'recordsMax' | 'verdict'> {
  readonly delivery: Delivery;
}

const runChunk = async (
  message: ChunkMessage,
  run: Run,
  dependencies: SenderDependencies,
): Promise<PipelineResult | undefined> => {
  const { delivery } = run;
  let result: RunResult | undefined;
  try {
    result = await runPipeline(message, run, dependencies);
    const { nextOffset, error } = result;
    const isCounted = isBroken(error) && result.progress.records.read > 0;
    if (isEndOfSource(error) && !isCounted) throw error;
    if (isCounted || (error === undefined && nextOffset >= message.range.end))
      await tellDone(message, result, dependencies);
    else await sendRest(message, { ...result, wasRejected: run.verdict !== undefined }, dependencies);
    return result;
  } catch (error) {
    const isLast = delivery.receiveCount >= delivery.receiveCountMax;
    if (isLast || (isFanoutError(error) && !error.retryable))
      await tellFailed(message, { error, result }, dependencies);
    if (isEndOfSource(error)) return undefined;
    throw error;
  }
};

/** Nothing is gained by reading it again. */
const isEndOfSource = (error: unknown): boolean =>
  isBroken(error) || (error instanceof ReadError && !error.retryable);

interface RunResult extends PipelineResult, ChunkParts {}

const runPipeline = async (
  message: ChunkMessage,
  { delivery, ...limits }: Run,
  dependencies: SenderDependencies,
): Promise<RunResult> => {
  const { close, ...writers } = createChunkParts(message, dependencies.outcomes);
  const result = await importChunk({
    message,
    source: dependencies.openSource(message.object),
    client: await dependencies.openClient(message),
    ...writers,
    ...limits,
    remainingMs: delivery.remainingMs,
    now: dependencies.now,
    memory: dependencies.memory,
    onBatch: dependencies.onBatch,
  });
  return { ...result, ...(await close()) };
};

const tellDone = async (
  message: ChunkMessage,
  { progress: own, rejectParts, responseParts, error }: RunResult,
  { sendReceipt, outcomes, now }: SenderDependencies,
): Promise<void> => {
  const { importId, source, chunk, recipe } = message;
  const hasRejects = own.records.rejected > 0;
  const hasResponses = responseParts.length > 0;
  const outcome = { progress: own, parts: [...rejectParts], responseParts: [...responseParts] };
  const { progress } =
    hasRejects || hasResponses ? await outcomes.settle(chunkName(message), outcome) : outcome;
  await sendReceipt({
    v: 1,
    kind: 'chunk-done',
    importId,
    source,
    chunk,
    progress,
    ...(error === undefined ? {} : { failure: failureOf(error) }),
    atMs: now(),
    budgetMB: recipe.tuning.memory,
    tuning: knobsSchema.parse(recipe.tuning),
    ...(hasRejects ? { rejectsUri: outcomes.rejectsUri(importId) } : {}),
    ...(hasResponses ? { responsesUri: outcomes.responsesUri(importId) } : {}),
  });
};

const tellFailed = async (
  message: ChunkMessage,
  { error, result }: { readonly error: unknown; readonly result: RunResult | undefined },
  { sendReceipt, outcomes, now }: SenderDependencies,
): Promise<void> => {
  const { importId, source, chunk } = message;
  const answers = [...(result?.responseParts ?? []), ...(result?.uncountedParts ?? [])];
  if (answers.length > 0) await outcomes.giveUp(chunkName(message), answers);
  await sendReceipt({
    v: 1,
    kind: 'chunk-failed',
    importId,
    source,
    chunk,
    failure: failureOf(error),
    atMs: now(),
    ...(answers.length > 0 ? { responsesUri: outcomes.responsesUri(importId) } : {}),
  });
};

const failureOf = (error: unknown): Failure =>
  isFanoutError(error)
    ? { code: error.code, message: error.message }
    : {
        code: 'UNEXPECTED',
        message: `${error instanceof Error ? error.name : 'Something'} stopped the sender; see its log.`,
      };

const sendRest = async (
  message: ChunkMessage,
  {
    nextOffset,
    progress,
    error,
    fault,
    rejectParts,
    responseParts,
    wasRejected,
  }: RunResult & { readonly wasRejected: boolean },
  { continueChunk }: SenderDependencies,
): Promise<void> => {
  const hasAdvanced = nextOffset > message.range.start;
  if (!hasAdvanced || progress.continuations >= CONTINUATIONS_MAX) {
    throw error ?? chunkStuck(message, { nextOffset, fault });
  }
  const rest = {
    ...message,
    trial: error === undefined ? trialAfter(message, wasRejected) : message.trial,
    range: { ...message.range, start: nextOffset },
    progress: { ...progress, continuations: progress.continuations + 1 },
    ...(rejectParts.length > 0 ? { rejectParts: [...rejectParts] } : {}),
    ...(responseParts.length > 0 ? { responseParts: [...responseParts] } : {}),
  };
  await continueChunk(rest, error === undefined ? 0 : CONTINUE_AFTER_FAILURE_SECONDS);
};
