import type { Recipe } from '../../recipe/schema.ts';
import type { RecordOrigin } from '../event.ts';
import { createFieldReader, NOBODY } from './fields.ts';
import { type Span, spanOf } from './json-values.ts';
import { beginLine, createLineSlab, lineOf, put, putByte } from './line-slab.ts';
import {
  createRecordMembers,
  type LookedAt,
  type MemberValue,
  NOWHERE,
  type RecordPlace,
  readMembers,
} from './members.ts';
import { DISTINCT_ID, INSERT_ID, planSplice, TIME } from './plan.ts';
import { createRest } from './rest.ts';

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
const COMMA = 0x2c;
const CLOSING = spanOf('}}\n');

const lengthOf = ({ start, end }: Span): number => end - start;

/** All of a line but the values of the fields and what is left of the record; a comma stands behind each. */
const FRAME_BYTES = [OPENING, PROPERTIES_KEY, TIME_KEY, DISTINCT_ID_KEY, INSERT_ID_KEY, CLOSING].reduce(
  (sum, part) => sum + lengthOf(part) + 1,
  0,
);

/** Undefined where {@link planSplice} finds no plan. */
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

  /** Unless it stands among the properties that are left. */
  const putField = (key: Span, name: number, value: MemberValue): void => {
    if (value === NOBODY || (value.member !== NOWHERE && members.names[value.member] === name)) return;
    put(slab, key);
    put(slab, value);
    putByte(slab, COMMA);
  };

  return (text, place) => {
    const { start, end } = place;
    const fields = readMembers(members, text, place) ? readFields(place) : undefined;
    if (fields === undefined || !rest.mark(fields)) return undefined;
    const { event, time, identity, insertId } = fields;
    beginLine(
      slab,
      FRAME_BYTES + end - start + lengthOf(event) + lengthOf(time) + lengthOf(identity) + lengthOf(insertId),
    );
    put(slab, OPENING);
    put(slab, event);
    put(slab, PROPERTIES_KEY);
    rest.put(slab);
    putField(TIME_KEY, TIME, time);
    putField(DISTINCT_ID_KEY, DISTINCT_ID, identity);
    putField(INSERT_ID_KEY, INSERT_ID, insertId);
    // The last comma is one too many.
    slab.at -= 1;
    put(slab, CLOSING);
    return lineOf(slab);
  };
};
