import type { Recipe } from '../../recipe/schema.ts';
import type { RecordOrigin } from '../event.ts';
import { legalInsertId, positionInsertId } from '../insert-id.ts';
import { NOT_JSON } from '../json-skip.ts';
import { passesEvents } from '../passing.ts';
import { parseTime } from '../time.ts';
import { skipInsertId } from '../whole-event.ts';
import { createContentId } from './content-id.ts';
import {
  decode,
  hasEscape,
  isFilledString,
  isName,
  isNull,
  isNumber,
  isPlainInteger,
  isString,
  textOf,
} from './json-values.ts';
import {
  innerValue,
  type MemberValue,
  newValue,
  outerValue,
  type RecordMembers,
  type RecordPlace,
} from './members.ts';
import { DEVICE_ID, DISTINCT_ID, INSERT_ID, type PlannedField, type SplicePlan, USER_ID } from './plan.ts';

/** The fields of an event: values of the record where they can be sent as they stand. */
export interface SplicedFields {
  readonly event: MemberValue;
  readonly time: MemberValue;
  /** {@link NOBODY} where `$user_id` or `$device_id` says who it was. */
  readonly identity: MemberValue;
  readonly insertId: MemberValue;
  /** By name: whether a field takes it over from the properties. */
  readonly isMovedInside: readonly boolean[];
}

export const NOBODY = newValue('');

export interface FieldReaderOptions {
  readonly plan: SplicePlan;
  readonly members: RecordMembers;
  readonly recipe: Pick<Recipe, 'fields' | 'insertId'>;
  readonly origin: RecordOrigin;
}

/** Reads the fields of the record that `members` read last, as `event-fields.ts` does. Undefined where that has to be asked. */
export const createFieldReader = (options: FieldReaderOptions) => {
  const { plan, members } = options;
  const readIdentity = createIdentityReader(options);
  const newInsertId = createInsertIds(options);

  const readEvent = (field: PlannedField): MemberValue | undefined => {
    if ('constant' in field) return field.constant;
    const name = notNull(outerValue(members, field.name)) ?? innerValue(members, field.name);
    return name && isName(name) ? name : undefined;
  };

  const readInsertId = (place: RecordPlace): MemberValue | undefined => {
    const value = readField(members, plan.insertId);
    if (value && isNumber(value) && !isPlainInteger(value)) return undefined;
    const legal = value && legalIdOf(value);
    if (legal) return legal;
    const id = newInsertId(place);
    return id === undefined ? undefined : newValue(`"${id}"`);
  };

  const isNameOutside = (field: PlannedField): boolean =>
    'constant' in field || outerValue(members, field.name) !== undefined;

  return (place: RecordPlace): SplicedFields | undefined => {
    const event = readEvent(plan.event);
    const time = event && timeOf(readField(members, plan.time));
    const insertId = time && readInsertId(place);
    if (!insertId) return undefined;
    const isMovedInside = isNameOutside(plan.event) ? plan.isMovedByOther : plan.isMoved;
    const identity = readIdentity(isMovedInside);
    return identity && { event, time, identity, insertId, isMovedInside };
  };
};

const createInsertIds = ({ members, recipe, origin }: FieldReaderOptions) => {
  const contentId = createContentId(members);
  return ({ start, end, offset }: RecordPlace): string | undefined =>
    recipe.insertId === 'content'
      ? contentId(end - start)
      : positionInsertId({ ...origin, offset: origin.offset + offset });
};

const createIdentityReader = ({ plan, members, recipe }: FieldReaderOptions) => {
  const mayPass = passesEvents(recipe);

  const isFilledLeft = (name: number, isMovedInside: readonly boolean[]): boolean => {
    const inner = isMovedInside[name] ? undefined : innerValue(members, name);
    const left = inner ?? (plan.isMoved[name] ? undefined : outerValue(members, name));
    return left !== undefined && isFilledString(left);
  };

  /** It may be one that is sent as it is, whatever its distinct_id. */
  const mayBeWhole = (): boolean => {
    const id = mayPass ? innerValue(members, INSERT_ID) : undefined;
    return id !== undefined && isString(id) && innerValue(members, DISTINCT_ID) !== undefined;
  };

  return (isMovedInside: readonly boolean[]): MemberValue | undefined => {
    const value = readField(members, plan.distinctId);
    if (value && isString(value)) return value;
    if (value && !isPlainInteger(value)) return undefined;
    const hasOther = isFilledLeft(USER_ID, isMovedInside) || isFilledLeft(DEVICE_ID, isMovedInside);
    if (hasOther && mayBeWhole()) return undefined;
    if (value) return newValue(`"${textOf(value)}"`);
    return hasOther ? NOBODY : undefined;
  };
};

/** A property counts before a column of the record itself. */
const readField = (members: RecordMembers, field: PlannedField): MemberValue | undefined =>
  'constant' in field
    ? field.constant
    : (notNull(innerValue(members, field.name)) ?? notNull(outerValue(members, field.name)));

const notNull = (value: MemberValue | undefined): MemberValue | undefined =>
  value && isNull(value) ? undefined : value;

const timeOf = (value: MemberValue | undefined): MemberValue | undefined => {
  if (value === undefined || isPlainInteger(value)) return value;
  const time = isString(value) || isNumber(value) ? parseTime(decode(value)) : undefined;
  return time === undefined ? undefined : newValue(JSON.stringify(time));
};

const legalIdOf = (value: MemberValue): MemberValue | undefined => {
  if (isString(value) && skipInsertId(value.bytes, value.start) !== NOT_JSON) return value;
  const isDecoded = isString(value) ? hasEscape(value) : isNumber(value);
  const id = isDecoded ? legalInsertId(decode(value)) : undefined;
  return id === undefined ? undefined : newValue(`"${id}"`);
};
