import type { Field, Recipe } from '../recipe/schema.ts';
import { type Columns, columnsOf, isFilled, readEventName, readField } from '../transform/event-fields.ts';
import { legalInsertId } from '../transform/insert-id.ts';
import { isObject, type JsonObject } from '../transform/parse-json.ts';
import { isRejection } from '../transform/rejection.ts';
import { parseTime } from '../transform/time.ts';

/** Mixpanel wants fewer properties than this, and cuts strings and names longer than this. */
const PROPERTIES_LIMIT = 255;
const STRING_CHARS_MAX = 255;
/** Nesting is not followed further down. */
const DEPTH_SEEN_MAX = 20;
const COLUMNS_SHOWN_MAX = 20;

export type TimeForm = 'seconds' | 'milliseconds' | 'text' | 'unreadable';

/** What the records of a sample hold; numbers count records unless they say otherwise. */
export interface FieldFindings {
  /** JSON objects: the records that the other numbers are about. */
  readonly records: number;
  readonly withEvent: number;
  readonly withTime: number;
  readonly withDistinctId: number;
  /** With a distinct_id, a `$user_id` or a `$device_id`. */
  readonly withIdentity: number;
  readonly withInsertId: number;
  readonly timeForms: Readonly<Record<TimeForm, number>>;
  /** A `$insert_id` that Mixpanel would refuse. */
  readonly illegalInsertIds: number;
  /** A legal `$insert_id` that an earlier record has too. */
  readonly repeatedInsertIds: number;
  /** Levels of objects and lists beneath the properties, at most. */
  readonly nestedLevelsMax: number;
  /** Properties of the widest record. */
  readonly propertiesMax: number;
  readonly tooWide: number;
  /** With a string that Mixpanel would cut. */
  readonly withLongString: number;
  /** Names on the outer level, the first few. */
  readonly columns: readonly string[];
}

/** Looks at parsed records as the recipe's `fields` name their columns. */
export const findInFields = (records: readonly JsonObject[], fields: Recipe['fields']): FieldFindings => {
  const columns = records.map(columnsOf);
  const having = (field: keyof Recipe['fields']): unknown[] =>
    columns.map((each) => readField(each, fields[field])).filter(isGiven);
  const times = having('time');
  const insertIds = having('$insert_id').map(legalInsertId);
  const legalIds = insertIds.filter((id) => id !== undefined);
  const properties = columns.map(({ outer, inner }) => inner ?? outer);
  const widths = properties.map((each) => Object.keys(each).length);
  return {
    records: records.length,
    withEvent: columns.filter((each) => !isRejection(readEventName(each, fields.event))).length,
    withTime: times.length,
    withDistinctId: having('distinct_id').length,
    withIdentity: columns.filter((each) => hasIdentity(each, fields.distinct_id)).length,
    withInsertId: insertIds.length,
    timeForms: countTimeForms(times),
    illegalInsertIds: insertIds.length - legalIds.length,
    repeatedInsertIds: legalIds.length - new Set(legalIds).size,
    nestedLevelsMax: largest(properties.map((each) => levelsOf(each) - 1)),
    propertiesMax: largest(widths),
    tooWide: widths.filter((width) => width >= PROPERTIES_LIMIT).length,
    withLongString: properties.filter((each) => hasLongString(each)).length,
    columns: [...new Set(records.flatMap((record) => Object.keys(record)))].slice(0, COLUMNS_SHOWN_MAX),
  };
};

/** An empty distinct_id is one: the event belongs to nobody. */
const hasIdentity = (columns: Columns, field: Field): boolean => {
  const { outer, inner } = columns;
  const { $user_id, $device_id } = { ...outer, ...inner };
  return (readField(columns, field) ?? undefined) !== undefined || isFilled($user_id) || isFilled($device_id);
};

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

const countTimeForms = (times: readonly unknown[]): Record<TimeForm, number> => {
  const counts = { seconds: 0, milliseconds: 0, text: 0, unreadable: 0 };
  for (const time of times) counts[timeFormOf(time)]++;
  return counts;
};

/** Below, a number counts seconds: the bound that Mixpanel's own tools use. */
const MILLISECONDS_MIN = 10_000_000_000;

const timeFormOf = (value: unknown): TimeForm => {
  if (parseTime(value) === undefined) return 'unreadable';
  const number = typeof value === 'string' && Number.isNaN(Number(value)) ? undefined : Number(value);
  if (number === undefined) return 'text';
  return number < MILLISECONDS_MIN ? 'seconds' : 'milliseconds';
};

const levelsOf = (value: unknown, level = 0): number => {
  if (level === DEPTH_SEEN_MAX || !isNest(value)) return 0;
  return 1 + largest(Object.values(value).map((each) => levelsOf(each, level + 1)));
};

/** Of as many numbers as there may be: more than a call takes as arguments. */
const largest = (numbers: readonly number[]): number =>
  numbers.reduce((most, number) => Math.max(most, number), 0);

const hasLongString = (value: unknown, level = 0): boolean => {
  if (typeof value === 'string') return value.length > STRING_CHARS_MAX;
  return (
    level < DEPTH_SEEN_MAX &&
    isNest(value) &&
    Object.values(value).some((each) => hasLongString(each, level + 1))
  );
};

const isNest = (value: unknown): value is object => Array.isArray(value) || isObject(value);
