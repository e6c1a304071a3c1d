import type { Field, Recipe } from '../recipe/schema.ts';
import { isObject, type JsonObject } from './parse-json.ts';
import { type Rejection, reject } from './rejection.ts';
import { parseTime } from './time.ts';

/** The columns of a record. A `properties` object, as in Mixpanel's own events, holds columns too. */
export interface Columns {
  readonly outer: JsonObject;
  readonly inner: JsonObject | undefined;
}

export const columnsOf = (record: JsonObject): Columns => ({
  outer: record,
  inner: isObject(record.properties) ? record.properties : undefined,
});

/** The name of the event; the record's own column counts before one of its properties. */
export const readEventName = ({ outer, inner }: Columns, field: Field): string | Rejection => {
  const name =
    'constant' in field ? field.constant : (own(outer, field.column) ?? (inner && own(inner, field.column)));
  if (typeof name === 'string' && name.trim() !== '') return name;
  return reject('EVENT_MISSING', `The record has no event name (${describe(field)}).`);
};

/** Any other field; a property counts before a column of the record itself. */
export const readField = ({ outer, inner }: Columns, field: Field): unknown =>
  'constant' in field ? field.constant : ((inner && own(inner, field.column)) ?? own(outer, field.column));

export const readTime = (value: unknown, field: Field): number | Rejection => {
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

/** @returns undefined where `$user_id` or `$device_id` says who it was */
export const readIdentity = (
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

/** Properties that every event is given. */
const WRITTEN: ReadonlySet<string> = new Set(['time', '$insert_id']);

export type PropertiesTaker = (columns: Columns) => JsonObject;

/**
 * Makes properties of columns, without those that a field has taken over: of the very object that the record has for
 * them where it holds nothing else, so that all that is read of a record is read before.
 */
export const createPropertiesTaker = (fields: Recipe['fields']): PropertiesTaker => {
  const moved = movedColumns(Object.values(fields));
  const { event, ...others } = fields;
  const movedFromInner = movedColumns(Object.values(others));
  const movedFromOuter = new Set([...moved, 'properties']);
  return ({ outer, inner }) => {
    if (!inner) return copyWithout(outer, moved);
    const isNameOutside = 'constant' in event || Object.hasOwn(outer, event.column);
    const left = isNameOutside ? movedFromInner : moved;
    if (hasOnly(outer, movedFromOuter) && hasNone(inner, left)) return inner;
    return copyWithout(inner, left, copyWithout(outer, movedFromOuter));
  };
};

export const own = (object: JsonObject, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined;

export const isFilled = (value: unknown): boolean => typeof value === 'string' && value !== '';

const hasOnly = (object: JsonObject, keys: ReadonlySet<string>): boolean => {
  for (const key of Object.keys(object)) if (!keys.has(key)) return false;
  return true;
};

/** But for those that are written in any case. */
const hasNone = (object: JsonObject, keys: ReadonlySet<string>): boolean => {
  for (const key of keys) if (!WRITTEN.has(key) && Object.hasOwn(object, key)) return false;
  return true;
};

const copyWithout = (from: JsonObject, left: ReadonlySet<string>, onto: JsonObject = {}): JsonObject => {
  for (const key of Object.keys(from)) if (!left.has(key)) setOwn(onto, key, from[key]);
  return onto;
};

/** `__proto__` is a key like any other. An object without a prototype would see to that, but is slow to fill and to write. */
const setOwn = (onto: JsonObject, key: string, value: unknown): void => {
  if (key !== '__proto__') onto[key] = value;
  else Object.defineProperty(onto, key, { value, enumerable: true, writable: true, configurable: true });
};

export const movedColumns = (fields: readonly Field[]): Set<string> =>
  new Set(fields.flatMap((field) => ('column' in field && !field.keep ? [field.column] : [])));

const describe = (field: Field): string =>
  'constant' in field
    ? `constant ${JSON.stringify(field.constant)}`
    : `column ${JSON.stringify(field.column)}`;
