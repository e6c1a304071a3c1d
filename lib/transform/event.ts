import { isUtf8 } from 'node:buffer';
import type { FramedRecord, RawRecord } from '../frame/record.ts';
import type { Recipe } from '../recipe/schema.ts';
import {
  columnsOf,
  createPropertiesTaker,
  isFilled,
  own,
  readEventName,
  readField,
  readIdentity,
  readTime,
} from './event-fields.ts';
import { contentInsertId, legalInsertId, positionInsertId } from './insert-id.ts';
import { isObject, type JsonObject, parseJsonRecord } from './parse-json.ts';
import { passesEvents } from './passing.ts';
import { lookAt } from './record-look.ts';
import { isRejection, type Rejection, reject } from './rejection.ts';
import { createSplicer } from './splice/splicer.ts';

/** Where records stand: what a position id is made of. */
export interface RecordOrigin {
  readonly uri: string;
  readonly etag: string;
  /** Name of the file in it, where the source is an archive. */
  readonly entry?: string | undefined;
  /** Where byte 0 of the object stands in the source, or in the entry. */
  readonly offset: number;
}

/** An event as a line of NDJSON without its newline; the very bytes of the source if they can travel as they are. */
export interface MappedEvent {
  readonly body: Buffer;
}

/** @param isLookedAt nothing can be made of the record without parsing it: that was tried before */
export type EventMapper = (record: FramedRecord, isLookedAt?: boolean) => MappedEvent | Rejection;

type MappingRecipe = Pick<Recipe, 'fields' | 'insertId' | 'tuning'>;

/** From a framed record to a Mixpanel event, as the recipe's `fields` say; never throws on what a record holds. */
export const createEventMapper = (recipe: MappingRecipe, origin: RecordOrigin): EventMapper => {
  const mapFields = createFieldMapper(recipe, origin);
  const canPass = passesEvents(recipe);
  const makeUnparsed = createUnparsedMapper(recipe, origin);
  const { recordBytesMax } = recipe.tuning;
  return (record, isLookedAt = false) => {
    if (record.kind === 'oversized') {
      return reject(
        'RECORD_TOO_LONG',
        `The record is longer than ${recordBytesMax} bytes (tuning.recordBytesMax).`,
      );
    }
    if (record.kind === 'broken') return reject(record.reason.code, record.reason.message);
    const body = isLookedAt ? undefined : makeUnparsed(record);
    if (body) return { body };
    const value = parseJsonRecord(record.bytes);
    if (isRejection(value)) return value;
    if (canPass && travelsAsItIs(value)) return { body: record.bytes };
    return writeEvent(() => mapFields(value, record.offset));
  };
};

const CLOSE_OBJECT = 0x7d;

const createUnparsedMapper = (recipe: MappingRecipe, origin: RecordOrigin) => {
  const canPass = passesEvents(recipe);
  const splice = createSplicer(recipe, origin);
  return ({ bytes, offset }: RawRecord): Buffer | undefined => {
    if (bytes[bytes.length - 1] !== CLOSE_OBJECT || !isUtf8(bytes)) return undefined;
    const look = lookAt(bytes);
    if (canPass && look.isWhole(0, bytes.length)) return bytes;
    const line = splice?.({ bytes, look }, { start: 0, end: bytes.length, offset });
    return line?.bytes.subarray(line.start, line.end - 1);
  };
};

interface EventValue {
  readonly event: string;
  readonly properties: JsonObject;
}

const writeEvent = (map: () => EventValue | Rejection): MappedEvent | Rejection => {
  try {
    const event = map();
    return isRejection(event) ? event : { body: Buffer.from(JSON.stringify(event)) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return reject('NESTED_TOO_DEEP', 'The record is nested too deeply to be written again.');
  }
};

const createFieldMapper = ({ fields, insertId }: MappingRecipe, origin: RecordOrigin) => {
  const takeProperties = createPropertiesTaker(fields);
  const newInsertId = (record: JsonObject, offset: number): string =>
    insertId === 'content'
      ? contentInsertId(record)
      : positionInsertId({ ...origin, offset: origin.offset + offset });

  return (record: JsonObject, offset: number): EventValue | Rejection => {
    const columns = columnsOf(record);
    const event = readEventName(columns, fields.event);
    if (isRejection(event)) return event;
    const time = readTime(readField(columns, fields.time), fields.time);
    if (isRejection(time)) return time;
    const distinctId = readField(columns, fields.distinct_id);
    const id = legalInsertId(readField(columns, fields.$insert_id)) ?? newInsertId(record, offset);
    const properties = takeProperties(columns);
    properties.time = time;
    const identity = readIdentity(distinctId, properties, fields.distinct_id);
    if (isRejection(identity)) return identity;
    if (identity !== undefined) properties.distinct_id = identity;
    properties.$insert_id = id;
    return { event, properties };
  };
};

/** Already an event that Mixpanel takes, so that its own bytes can be sent. */
const travelsAsItIs = (record: JsonObject): boolean => {
  const { event, properties } = record;
  if (typeof event !== 'string' || !isObject(properties) || Object.keys(record).length !== 2) return false;
  const insertId = own(properties, '$insert_id');
  return (
    event.trim() !== '' &&
    Number.isInteger(own(properties, 'time')) &&
    typeof insertId === 'string' &&
    legalInsertId(insertId) !== undefined &&
    (typeof own(properties, 'distinct_id') === 'string' ||
      isFilled(own(properties, '$user_id')) ||
      isFilled(own(properties, '$device_id')))
  );
};
