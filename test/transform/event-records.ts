import fc from 'fast-check';
import type { RecipeInput } from '../../lib/recipe/schema.ts';

const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  event: ['event', 'name'],
  time: ['time', 'at'],
  distinct_id: ['distinct_id', 'user', '$user_id'],
  $insert_id: ['$insert_id', 'id'],
};
const OTHERS = ['$user_id', '$device_id', 'properties', '__proto__', 'constructor', 'é', 'other'];
const NAMES = [...Object.values(COLUMNS).flat(), ...OTHERS];

const USUAL: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['event', ['"E"', '"É"', '"\\u0041"', '"  x"'], ['""', '" "', '"\u00a0"', 'null', '7']],
  [
    'time',
    ['1700000000', '1700000000123', '"2023-11-14T22:13:20.5+01:00"', '"1700000000"', '1.5', '-7', '1e9'],
    ['""', 'null', '"soon"', '1e99', '16000000000000000'],
  ],
  ['distinct_id', ['"u"', '""', '"\\ud800é"', '12345'], ['-5', '12345678901234567890', 'null', '{}', '1.50']],
  [
    '$insert_id',
    ['"e-1"', '"\\u0041"', '77', '123456789012345678'],
    ['"nil"', '"a b"', '""', '0', '1e3', '1.0', 'null', '[]', 'true', '-5'],
  ],
];
const GOOD = new Map(USUAL.flatMap(([field, good]) => COLUMNS[field]!.map((column) => [column, good])));
const POOR = new Map(USUAL.flatMap(([field, , poor]) => COLUMNS[field]!.map((column) => [column, poor])));
const ANY = ['"u"', '""', 'null', '-0', '1e21', '1E400', '9007199254740993', ' [ ] ', '{"a":{"b":[1]}}'];

const valueFor = (name: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 24, arbitrary: fc.constantFrom(...(GOOD.get(name) ?? ANY)) },
    { weight: 3, arbitrary: fc.constantFrom(...(POOR.get(name) ?? ANY)) },
    { weight: 1, arbitrary: fc.constantFrom(...ANY) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)) },
  );

type Member = readonly [key: string, value: string];

const memberOf = (name: string): fc.Arbitrary<Member> => valueFor(name).map((value) => [name, value]);

/** Members with these names, mostly, and some others; few come twice. */
const members = (names: readonly string[], othersMax: number): fc.Arbitrary<readonly Member[]> =>
  fc
    .tuple(
      fc.tuple(...names.map((name) => fc.option(memberOf(name), { freq: 12, nil: undefined }))),
      fc.array(fc.constantFrom(...NAMES).chain(memberOf), { maxLength: othersMax }),
      fc.nat(15),
    )
    .map(([usual, others, dice]) => {
      const all = [...others, ...usual.filter((each) => each !== undefined)];
      return dice === 0 ? all : [...new Map(all)];
    });

const objectOf = (shuffled: readonly Member[], gap: string): string =>
  `{${shuffled.map(([key, value]) => `${gap}${JSON.stringify(key)}${gap}:${gap}${value}${gap}`).join(',')}}`;

const object = (all: fc.Arbitrary<readonly Member[]>): fc.Arbitrary<string> =>
  fc
    .tuple(
      all.chain((each) => fc.shuffledSubarray([...each], { minLength: each.length })),
      fc.constantFrom('', '', '', ' ', '\t '),
    )
    .map(([shuffled, gap]) => objectOf(shuffled, gap));

const FIELDS = Object.values(COLUMNS).flat();
const properties = object(
  members(
    FIELDS.filter((name) => name !== 'event' && name !== 'name'),
    3,
  ),
);
const nested = fc
  .tuple(members(['event', 'name'], 2), properties)
  .map(([outer, inner]): readonly Member[] => [...outer, ['properties', inner]]);

/** JSON of records that are events, or nearly so. */
export const records = fc.oneof(
  { weight: 2, arbitrary: object(nested) },
  { weight: 1, arbitrary: object(members(FIELDS, 3)) },
);

const fieldOf = (name: string, constants: readonly (string | number)[]) =>
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({ column: fc.constantFrom(...COLUMNS[name]!), keep: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.record({ column: fc.constantFrom(...NAMES), keep: fc.boolean() }) },
    { weight: 2, arbitrary: fc.constantFrom(...constants).map((constant) => ({ constant })) },
  );

/** Recipes that take fields from columns that such records have. */
export const recipes: fc.Arbitrary<RecipeInput> = fc.record({
  insertId: fc.constantFrom('position' as const, 'position' as const, 'content' as const),
  fields: fc.oneof(
    { weight: 1, arbitrary: fc.constant({}) },
    {
      weight: 4,
      arbitrary: fc.record({
        event: fieldOf('event', ['C', 'É"\\', ' ', 7]),
        time: fieldOf('time', [1_700_000_000, '2023-11-14', 1.5, -1, 'soon']),
        distinct_id: fieldOf('distinct_id', ['', 'c', 5, -1.5]),
        $insert_id: fieldOf('$insert_id', ['c-1', 'nil', 5, 'a b']),
      }),
    },
  ),
});
