import type { Recipe } from '../recipe/schema.ts';
import type { RecordOrigin } from './event.ts';
import { type Span, spanOf } from './json-values.ts';
import { createLineSlab } from './line-slab.ts';
import { createRecordMembers, type LookedAt, type MemberValue } from './record-members.ts';
import { createFieldReader, NOBODY } from './splice-fields.ts';
import { DISTINCT_ID, INSERT_ID, planSplice, TIME } from './splice-plan.ts';
import { createRest } from './spliced-rest.ts';

/** Where a record begins and ends in the bytes, and where in its object it begins. */
export interface RecordPlace {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/**
 * Makes the line of an event, line feed included, of the record's own bytes: all but the fields stays as it stands.
 * Undefined where a parser has to look. Lines stand one behind another, in the order in which they are made.
 */
export type Splicer = (text: LookedAt, place: RecordPlace) => Span | undefined;

const OPENING = spanOf('{"event":');
const PROPERTIES_KEY = spanOf(',"properties":{');
const TIME_KEY = spanOf('"time":');
const DISTINCT_ID_KEY = spanOf('"distinct_id":');
const INSERT_ID_KEY = spanOf('"$insert_id":');
const COMMA = spanOf(',');
const CLOSING = spanOf('}}\n');

const lengthOf = (spans: readonly Span[]): number =>
  spans.reduce((sum, { start, end }) => sum + end - start, 0);

/** All of a line but the values of the fields and what is left of the record. */
const FRAME_BYTES = lengthOf([
  OPENING,
  PROPERTIES_KEY,
  ...[TIME_KEY, DISTINCT_ID_KEY, INSERT_ID_KEY].flatMap((key) => [key, COMMA]),
  COMMA,
  CLOSING,
]);

/** Undefined where no record could be spliced as the recipe says. */
export const createSplicer = (
  recipe: Pick<Recipe, 'fields' | 'insertId'>,
  origin: RecordOrigin,
): Splicer | undefined => {
  const plan = planSplice(recipe.fields);
  if (plan === undefined) return undefined;
  const members = createRecordMembers(plan.names);
  const readFields = createFieldReader({ plan, recipe, origin, members });
  const rest = createRest(plan, members);
  const slab = createLineSlab();
  const put = ({ bytes, start, end }: Span): void => slab.put(bytes, start, end);

  /** Unless it stands among the properties that are left. */
  const putField = (key: Span, name: number, value: MemberValue): void => {
    if (value === NOBODY || members.isNamed(value.member, name)) return;
    put(key);
    put(value);
    put(COMMA);
  };

  return (text, { start, end, offset }) => {
    const fields = members.read(text, start, end) ? readFields(offset) : undefined;
    if (fields === undefined || !rest.mark(fields)) return undefined;
    const { event, time, identity, insertId } = fields;
    slab.begin(FRAME_BYTES + end - start + lengthOf([event, time, identity, insertId]));
    put(OPENING);
    put(event);
    put(PROPERTIES_KEY);
    rest.put(slab);
    putField(TIME_KEY, TIME, time);
    putField(DISTINCT_ID_KEY, DISTINCT_ID, identity);
    putField(INSERT_ID_KEY, INSERT_ID, insertId);
    slab.drop(COMMA.end);
    put(CLOSING);
    return slab.end();
  };
};
