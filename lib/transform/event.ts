import type { FramedRecord } from '../frame/record.ts';
import type { Field, Recipe } from '../recipe/schema.ts';
import { contentInsertId, legalInsertId, positionInsertId } from './insert-id.ts';
import { isObject, type JsonObject, parseJsonRecord } from './parse-json.ts';
import { isRejection, type Rejection, reject } from './rejection.ts';
import { parseTime } from './time.ts';

/** Where records stand: what a position id is made of. */
export interface RecordOrigin {
  readonly uri: string;
  readonly etag: string;
  /** Where byte 0 of the object stands in the source. */
  readonly offset: number;
}

/** An event as a line of NDJSON without its newline; the very bytes of the source if they can travel as they are. */
export interface MappedEvent {
  readonly body: Buffer;
}

export type EventMapper = (record: FramedRecord) => MappedEvent | Rejection;

/** From a framed record to a Mixpanel event, as the recipe's `fields` say; never throws on what a record holds. */
export const createEventMapper = (
  recipe: Pick<Recipe, 'fields' | 'insertId' | 'tuning'>,
  origin: RecordOrigin,
): EventMapper => {
  const mapFields = createFieldMapper(recipe, origin);
  const passes = isDefault(recipe.fields) ? travelsAsItIs : () => false;
  return (record) => {
    if (record.kind === 'oversized') {
      return reject(
        'RECORD_TOO_LONG',
        `The record is longer than ${recipe.tuning.recordBytesMax} bytes (tuning.recordBytesMax).`,
      );
    }
    const value = parseJsonRecord(record.bytes);
    if (isRejection(value)) return value;
    if (passes(value)) return { body: record.bytes };
    try {
      const event = mapFields(value, record.offset);
      return isRejection(event) ? event : { body: Buffer.from(JSON.stringify(event)) };
    } catch (error) {
      if (error instanceof RangeError)
        return reject('NESTED_TOO_DEEP', 'The record is nested too deeply to be written again.');
      throw error;
    }
  };
};

interface EventValue {
  readonly event: string;
  readonly properties: JsonObject;
}

const createFieldMapper = (
  { fields, insertId }: Pick<Recipe, 'fields' | 'insertId'>,
  origin: RecordOrigin,
) => {
  const moved = movedColumns(fields);
  const outer = new Set([...moved, 'properties']);
  const exceptEvent = movedColumns({ ...fields, event: { constant: '' } });
  const movedFrom = (record: JsonObject): ReadonlySet<string> =>
    'column' in fields.event && Object.hasOwn(record, fields.event.column) ? exceptEvent : moved;
  return (record: JsonObject, offset: number): EventValue | Rejection => {
    const nested = isObject(record.properties) ? record.properties : undefined;
    const inner = nested ?? record;
    const read = (field: Field): unknown =>
      'constant' in field ? field.constant : (own(inner, field.column) ?? own(record, field.column));

    const event =
      'constant' in fields.event
        ? fields.event.constant
        : (own(record, fields.event.column) ?? own(inner, fields.event.column));
    if (typeof event !== 'string' || event.trim() === '') {
      return reject('EVENT_MISSING', `The record has no event name (${describe(fields.event)}).`);
    }
    const properties = nested
      ? copyWithout(nested, movedFrom(record), copyWithout(record, outer))
      : copyWithout(record, moved);

    const time = readTime(read(fields.time), fields.time);
    if (typeof time === 'object') return time;
    properties.time = time;

    const identity = readIdentity(read(fields.distinct_id), properties, fields.distinct_id);
    if (typeof identity === 'object') return identity;
    if (identity !== undefined) properties.distinct_id = identity;

    properties.$insert_id =
      legalInsertId(read(fields.$insert_id)) ??
      (insertId === 'content'
        ? contentInsertId(record)
        : positionInsertId({ ...origin, offset: origin.offset + offset }));
    return { event, properties };
  };
};

const own = (object: JsonObject, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined;

/** Copies onto an object without a prototype, where `__proto__` is a key like any other. */
const copyWithout = (
  from: JsonObject,
  left: ReadonlySet<string>,
  onto: JsonObject = Object.create(null) as JsonObject,
): JsonObject => {
  for (const key of Object.keys(from)) if (!left.has(key)) onto[key] = from[key];
  return onto;
};

/** Columns that become a field and are no property of their own any more. */
const movedColumns = (fields: Recipe['fields']): Set<string> =>
  new Set(Object.values(fields).flatMap((field) => ('column' in field && !field.keep ? [field.column] : [])));

const readTime = (value: unknown, field: Field): number | Rejection => {
  if (value === undefined || value === null || value === '') {
    return reject('TIME_MISSING', `The record has no time (${describe(field)}).`);
  }
  return (
    parseTime(value) ??
    reject(
      'TIME_INVALID',
      `The time is neither Unix seconds or milliseconds nor an ISO 8601 date (${describe(field)}).`,
    )
  );
};

const readIdentity = (
  value: unknown,
  properties: JsonObject,
  field: Field,
): string | undefined | Rejection => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || JSON.isRawJSON(value)) return JSON.stringify(value);
  if (value !== undefined && value !== null) {
    return reject(
      'DISTINCT_ID_INVALID',
      `The distinct_id is neither a string nor a number (${describe(field)}).`,
    );
  }
  if (isFilled(properties.$user_id) || isFilled(properties.$device_id)) return undefined;
  return reject(
    'DISTINCT_ID_MISSING',
    `The record has no distinct_id, $user_id or $device_id (${describe(field)}). If its events belong to nobody, set fields.distinct_id to {"constant": ""}.`,
  );
};

const isFilled = (value: unknown): boolean => typeof value === 'string' && value !== '';

const describe = (field: Field): string =>
  'constant' in field
    ? `constant ${JSON.stringify(field.constant)}`
    : `column ${JSON.stringify(field.column)}`;

const isDefault = (fields: Recipe['fields']): boolean =>
  Object.entries(fields).every(([name, field]) => 'column' in field && field.column === name);

/** Already an event that Mixpanel takes, so that its own bytes can be sent. */
const travelsAsItIs = (record: JsonObject): boolean => {
  const { event, properties } = record;
  if (typeof event !== 'string' || !isObject(properties) || Object.keys(record).length !== 2) return false;
  return (
    event.trim() !== '' &&
    Number.isInteger(own(properties, 'time')) &&
    typeof own(properties, '$insert_id') === 'string' &&
    legalInsertId(properties.$insert_id) !== undefined &&
    (typeof own(properties, 'distinct_id') === 'string' ||
      isFilled(own(properties, '$user_id')) ||
      isFilled(own(properties, '$device_id')))
  );
};
