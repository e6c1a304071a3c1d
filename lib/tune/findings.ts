import type { Field, Recipe } from '../recipe/schema.ts';
import type { FieldFindings } from './field-findings.ts';
import type { RecordProfile } from './profile.ts';
import type { Sample } from './sample.ts';

/** Mixpanel keeps objects and lists nested no deeper. */
const NESTED_LEVELS_MAX = 3;

/** What one should know about a source before importing it. */
export interface Finding {
  readonly code:
    | 'DAMAGED'
    | 'REJECTED'
    | 'FIELD_MISSING'
    | 'TIME_FORMS'
    | 'INSERT_IDS'
    | 'EQUAL_RECORDS'
    | 'BEYOND_LIMITS'
    | 'DRIFT';
  /** For people; names columns, and no values. */
  readonly message: string;
}

type FindingRecipe = Pick<Recipe, 'fields' | 'insertId'>;

/** Whatever in a profile asks for attention, the gravest first. */
export const findingsOf = (
  profile: RecordProfile,
  samples: readonly Sample[],
  recipe: FindingRecipe,
): Finding[] =>
  [
    samples.map(({ damage }) => found('DAMAGED', damage !== undefined, damage ?? '')),
    rejected(profile),
    missingFields(profile.fields, recipe.fields),
    timeForms(profile.fields),
    insertIds(profile.fields, recipe.insertId),
    equalRecords(profile, recipe.insertId),
    beyondLimits(profile.fields),
    drift(profile),
  ].flat(2);

const found = (code: Finding['code'], isFound: boolean, message: string): Finding[] =>
  isFound ? [{ code, message }] : [];

const rejected = ({ records, rejected: count, byReason }: RecordProfile): Finding[] => {
  const reasons = Object.entries(byReason).map(([code, times]) => `${code} (${times})`);
  return found(
    'REJECTED',
    count > 0,
    `${count} of ${records} records would be rejected: ${reasons.join(', ')}.`,
  );
};

const missingFields = (findings: FieldFindings, fields: Recipe['fields']): Finding[] => {
  const { records, withEvent, withTime, withIdentity, columns } = findings;
  const present = { event: withEvent, time: withTime, distinct_id: withIdentity };
  return (['event', 'time', 'distinct_id'] as const).flatMap((name) =>
    found(
      'FIELD_MISSING',
      present[name] < records,
      `${records - present[name]} of ${records} records have no ${name} (${placeOf(fields[name])}). Columns seen: ${columns.join(', ')}. Name the right one in fields.${name}, or give a constant.`,
    ),
  );
};

const placeOf = (field: Field): string =>
  'column' in field ? `column ${JSON.stringify(field.column)}` : 'a constant';

const timeForms = ({ timeForms: counts }: FieldFindings): Finding[] => {
  const forms = Object.entries(counts).filter(([, count]) => count > 0);
  const list = forms.map(([form, count]) => `${form} (${count})`).join(', ');
  return found('TIME_FORMS', forms.length > 1, `Times come in several forms: ${list}.`);
};

const insertIds = (
  { records, withInsertId, illegalInsertIds, repeatedInsertIds }: FieldFindings,
  insertId: Recipe['insertId'],
): Finding[] => [
  ...found(
    'INSERT_IDS',
    withInsertId < records,
    `${records - withInsertId} of ${records} records have no $insert_id; theirs is made from the ${insertId} of the record (insertId).`,
  ),
  ...found(
    'INSERT_IDS',
    illegalInsertIds > 0,
    `${illegalInsertIds} of ${records} records have an $insert_id that Mixpanel refuses; it is replaced by one made from the ${insertId} of the record (insertId).`,
  ),
  ...found(
    'INSERT_IDS',
    repeatedInsertIds > 0,
    `${repeatedInsertIds} records have the $insert_id of an earlier one; of records that share event, identity and time with it too, Mixpanel keeps one.`,
  ),
];

const equalRecords = (
  { equalRecords: count, records, fields }: RecordProfile,
  insertId: Recipe['insertId'],
): Finding[] =>
  found(
    'EQUAL_RECORDS',
    count > 0 && insertId === 'content' && fields.withInsertId < fields.records,
    `${count} of ${records} records equal an earlier one and become one event with it. If they are different events, set insertId to "position".`,
  );

const beyondLimits = ({ tooWide, withLongString, nestedLevelsMax }: FieldFindings): Finding[] => [
  ...found(
    'BEYOND_LIMITS',
    tooWide > 0,
    `${tooWide} records have 255 properties or more; Mixpanel takes 254.`,
  ),
  ...found(
    'BEYOND_LIMITS',
    withLongString > 0,
    `${withLongString} records have a string of more than 255 characters; Mixpanel cuts it.`,
  ),
  ...found(
    'BEYOND_LIMITS',
    nestedLevelsMax > NESTED_LEVELS_MAX,
    `Objects and lists are nested ${nestedLevelsMax} deep; Mixpanel takes ${NESTED_LEVELS_MAX}.`,
  ),
];

const drift = ({ spots, isDrifting, planningBytes }: RecordProfile): Finding[] => {
  const averages = spots.map(({ averageBytes, rejected: count }) =>
    count > 0 ? `${averageBytes} B (${count} rejected)` : `${averageBytes} B`,
  );
  return found(
    'DRIFT',
    isDrifting,
    `Records are not alike along the source: ${averages.join(', ')} on average from its beginning on. The knobs are chosen for ${planningBytes} B.`,
  );
};
