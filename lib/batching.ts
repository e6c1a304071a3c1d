import { type Batch, createBatcher } from './batch/batcher.ts';
import type { FramedRecord, RecordRun } from './frame/record.ts';
import type { ChunkMessage } from './plan/chunk.ts';
import { divideRun } from './transform/divide-run.ts';
import { createEventMapper, type EventMapper, type MappedEvent } from './transform/event.ts';
import { passesEvents } from './transform/passing.ts';
import { isRejection, type Rejection } from './transform/rejection.ts';
import { createSplicer } from './transform/splice/splicer.ts';

const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
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

  const addMapped = (record: FramedRecord, event: MappedEvent | Rejection): Batch[] => {
    const { offset, bytes } = record;
    const raw = verdict ? bytes.subarray(0, VERDICT_BYTES_MAX) : bytes;
    const isWhole = record.kind === 'record' && raw.length === bytes.length;
    const mapped = isRejection(event)
      ? { offset, raw, rejection: event, isWhole }
      : { offset, raw, body: event.body };
    const batch = batcher.add(mapped, record.nextOffset);
    return batch ? [batch] : [];
  };

  const addUnread = (record: FramedRecord | RecordRun): Batch[] => {
    if (record.kind === 'run') return batcher.addRun(record);
    return addMapped(record, looksLikeObject(record) ? { body: record.bytes } : map(record));
  };

  const addPart = (part: FramedRecord | RecordRun): Batch[] =>
    part.kind === 'run' ? batcher.addRun(part) : addMapped(part, map(part, true));

  const mayPass = passesEvents(recipe);
  const splice = verdict ? undefined : createSplicer(recipe, origin);
  if (recipe.validate === 'off' && !verdict) return { add: addUnread, flush: batcher.flush };
  return {
    add: (record) =>
      record.kind === 'run'
        ? divideRun(record, { mayPass, splice }).flatMap(addPart)
        : addMapped(record, map(record)),
    flush: batcher.flush,
  };
};

/** As much as is known of the records of a run. */
const looksLikeObject = ({ kind, bytes }: FramedRecord): boolean =>
  kind === 'record' && bytes.length >= 2 && bytes[0] === OPEN_OBJECT && bytes.at(-1) === CLOSE_OBJECT;
