import type { FramedRecord } from '../../lib/frame/record.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import type { RecipeInput } from '../../lib/recipe/schema.ts';
import { createEventMapper, type MappedEvent, type RecordOrigin } from '../../lib/transform/event.ts';
import { isRejection, type Rejection } from '../../lib/transform/rejection.ts';

const ORIGIN: RecordOrigin = { uri: 's3://inbox/a.jsonl', etag: 'e1', offset: 0 };

/** Maps one record, given as text, bytes or a value. */
export const mapRecord = (
  record: unknown,
  recipe: RecipeInput = {},
  { offset = 0, ...origin }: Partial<RecordOrigin> = {},
): MappedEvent | Rejection => {
  const bytes = Buffer.isBuffer(record)
    ? record
    : Buffer.from(typeof record === 'string' ? record : JSON.stringify(record));
  const framed: FramedRecord = { kind: 'record', offset, nextOffset: offset + bytes.length + 1, bytes };
  return createEventMapper(parseRecipe(recipe), { ...ORIGIN, ...origin })(framed);
};

export interface SentEvent {
  readonly event: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The text that would be sent. @throws when the record is rejected */
export const sentText = (...args: Parameters<typeof mapRecord>): string => {
  const mapped = mapRecord(...args);
  if (isRejection(mapped)) throw new Error(`rejected: ${mapped.code} ${mapped.message}`);
  return mapped.body.toString();
};

export const sentEvent = (...args: Parameters<typeof mapRecord>): SentEvent => JSON.parse(sentText(...args));

/** The id that would be sent. */
export const sentId = (...args: Parameters<typeof mapRecord>): unknown =>
  sentEvent(...args).properties.$insert_id;

/** The code of the rejection, or undefined. */
export const rejectionOf = (...args: Parameters<typeof mapRecord>): string | undefined => {
  const mapped = mapRecord(...args);
  return isRejection(mapped) ? mapped.code : undefined;
};
