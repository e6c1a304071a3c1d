import { type Batch, createBatcher } from './batch/batcher.ts';
import type { FramedRecord, RecordRun } from './frame/record.ts';
import type { ChunkMessage } from './plan/chunk.ts';
import { divideRun } from './transform/divide-run.ts';
import { createEventMapper, type EventMapper } from './transform/event.ts';
import { isRejection, type Rejection } from './transform/rejection.ts';

/** Kept of a record that is rejected unseen: it may be one that takes too much memory. */
const VERDICT_BYTES_MAX = 64 * 1024;

export interface BatchingOptions {
  readonly message: Pick<ChunkMessage, 'recipe' | 'source' | 'entry' | 'sourceEtag' | 'offset'>;
  /** What becomes of every record in place of an event. */
  readonly verdict?: Rejection | undefined;
}

/** Makes events of records, and batches of events. */
export interface Batching {
  /** @returns the batches that are full now */
  add(record: FramedRecord | RecordRun): readonly Batch[];
  /** What is left. */
  flush(): Batch | undefined;
}

export const createBatching = ({ message, verdict }: BatchingOptions): Batching => {
  const { recipe, source, entry, sourceEtag, offset } = message;
  const origin = { uri: source.uri, etag: sourceEtag, entry: entry?.name, offset };
  const map: EventMapper = verdict ? () => verdict : createEventMapper(recipe, origin);
  const batcher = createBatcher(recipe.tuning);

  const addRecord = (record: FramedRecord, isLookedAt = false): Batch[] => {
    const event = map(record, isLookedAt);
    const { offset, bytes } = record;
    const raw = verdict ? bytes.subarray(0, VERDICT_BYTES_MAX) : bytes;
    const isWhole = record.kind === 'record' && raw.length === bytes.length;
    const mapped = isRejection(event)
      ? { offset, raw, rejection: event, isWhole }
      : { offset, raw, body: event.body };
    const batch = batcher.add(mapped, record.nextOffset);
    return batch ? [batch] : [];
  };

  const addPart = (part: FramedRecord | RecordRun): Batch[] =>
    part.kind === 'run' ? batcher.addRun(part) : addRecord(part, true);

  return {
    add: (record) => (record.kind === 'run' ? divideRun(record).flatMap(addPart) : addRecord(record)),
    flush: batcher.flush,
  };
};
