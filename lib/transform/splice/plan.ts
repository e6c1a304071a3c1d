import type { Field, Recipe } from '../../recipe/schema.ts';
import { movedColumns, readEventName, readIdentity, readTime } from '../event-fields.ts';
import { legalInsertId } from '../insert-id.ts';
import { passesEvents } from '../passing.ts';
import { isRejection, type Rejection } from '../rejection.ts';
import { type MemberValue, newValue } from './members.ts';

/** Names that mean something whatever the recipe says, by their place among the names of a plan. */
export const PROPERTIES = 0;
export const TIME = 1;
export const DISTINCT_ID = 2;
export const INSERT_ID = 3;
export const USER_ID = 4;
export const DEVICE_ID = 5;
const OWN_NAMES = ['properties', 'time', 'distinct_id', '$insert_id', '$user_id', '$device_id'];

/** Where a field comes from: a name of the plan, or a value that is the same for all, if it has one. */
export type PlannedField = { readonly name: number } | { readonly constant: MemberValue | undefined };

/** What splicing has to know of a recipe. */
export interface SplicePlan {
  readonly names: readonly string[];
  readonly event: PlannedField;
  readonly time: PlannedField;
  readonly distinctId: PlannedField;
  readonly insertId: PlannedField;
  /** By name: whether a field takes it over, or one other than the event's. */
  readonly isMoved: readonly boolean[];
  readonly isMovedByOther: readonly boolean[];
}

/**
 * Undefined where a column can be no key as it stands, or where the name of an event is kept as a property unless the
 * event is whole: only a parser can tell of every event whether it is.
 */
export const planSplice = (fields: Recipe['fields']): SplicePlan | undefined => {
  const { event, time, distinct_id, $insert_id } = fields;
  if (passesEvents({ fields }) && 'column' in event && event.keep) return undefined;
  const others = [time, distinct_id, $insert_id];
  const columns = [event, ...others].flatMap((field) => ('column' in field ? [field.column] : []));
  if (!columns.every((column) => column.isWellFormed())) return undefined;
  const names = [...new Set([...OWN_NAMES, ...columns])];
  const planned = (field: Field, read: (value: Constant) => MemberValue | undefined): PlannedField =>
    'column' in field ? { name: names.indexOf(field.column) } : { constant: read(field.constant) };
  const nothing = { outer: {}, inner: undefined };
  const plan = {
    event: planned(event, () => valueOrNone(readEventName(nothing, event))),
    time: planned(time, (value) => valueOrNone(readTime(value, time))),
    distinctId: planned(distinct_id, (value) => valueOrNone(readIdentity(value, {}, distinct_id))),
  };
  const moved = movedColumns([event, ...others]);
  const movedByOther = movedColumns(others);
  return {
    ...plan,
    insertId: planned($insert_id, (value) => valueOrNone(legalInsertId(value))),
    names,
    isMoved: names.map((name) => moved.has(name)),
    isMovedByOther: names.map((name) => movedByOther.has(name)),
  };
};

type Constant = string | number;

const valueOrNone = (value: Constant | undefined | Rejection): MemberValue | undefined =>
  value === undefined || isRejection(value) ? undefined : newValue(JSON.stringify(value));
