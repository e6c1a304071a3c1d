/** A line that is no event, and the reason that the report is to give. */
export interface BadLine {
  readonly reason: string;
  /** @param id no other line of any file has it */
  readonly bytes: (id: string) => Buffer;
}

const TIME = 1_700_000_000;

const record = (value: object): Buffer => Buffer.from(JSON.stringify(value));

/** As lines of their own. */
export const BAD_LINES: readonly BadLine[] = [
  { reason: 'INVALID_JSON', bytes: (id) => Buffer.from(`{"event":"Cut ${id}`) },
  { reason: 'NOT_AN_OBJECT', bytes: (id) => Buffer.from(`["${id}"]`) },
  { reason: 'INVALID_UTF8', bytes: (id) => Buffer.from(`{"event":"${id} \xff"}`, 'latin1') },
  { reason: 'EVENT_MISSING', bytes: (id) => record({ properties: { time: TIME, distinct_id: id } }) },
  { reason: 'TIME_MISSING', bytes: (id) => record({ event: 'A', properties: { distinct_id: id } }) },
  { reason: 'TIME_INVALID', bytes: (id) => record({ event: 'A', time: 'yesterday', distinct_id: id }) },
  { reason: 'DISTINCT_ID_MISSING', bytes: (id) => record({ event: 'A', time: TIME, id }) },
  { reason: 'DISTINCT_ID_INVALID', bytes: (id) => record({ event: 'A', time: TIME, distinct_id: [id] }) },
  // The importer takes these two, and Mixpanel does not.
  { reason: 'API_REJECTED', bytes: (id) => record({ event: 'A', time: 1_000, distinct_id: id }) },
  {
    reason: 'API_REJECTED',
    bytes: (id) => record({ event: 'A', time: TIME, distinct_id: id, list: [[[[[1]]]]] }),
  },
];

const but = (...reasons: readonly string[]): readonly BadLine[] =>
  BAD_LINES.filter(({ reason }) => !reasons.includes(reason));

/** As elements of an array, of which a broken one would take others with it. */
export const BAD_ELEMENTS = but('INVALID_JSON');

/** As objects one behind another, written anew, where an array would be one of records. */
export const BAD_OBJECTS = but('INVALID_JSON', 'NOT_AN_OBJECT', 'INVALID_UTF8');

/** As rows whose columns have types. */
export const BAD_ROWS: readonly BadLine[] = [
  { reason: 'EVENT_MISSING', bytes: (id) => record({ time: TIME, distinct_id: id }) },
  { reason: 'TIME_MISSING', bytes: (id) => record({ event: 'A', distinct_id: id }) },
  { reason: 'DISTINCT_ID_MISSING', bytes: (id) => record({ event: 'A', time: TIME, place: id }) },
  { reason: 'API_REJECTED', bytes: (id) => record({ event: 'A', time: 1_000, distinct_id: id }) },
];

/** As lines of a table. */
export const BAD_CELLS: readonly BadLine[] = [
  ...BAD_ROWS,
  { reason: 'TIME_INVALID', bytes: (id) => record({ event: 'A', time: 'yesterday', distinct_id: id }) },
  { reason: 'CSV_RAGGED_ROW', bytes: (id) => Buffer.from(`A${id}`) },
  { reason: 'CSV_QUOTES_INVALID', bytes: (id) => Buffer.from(`A"${id}`) },
];
