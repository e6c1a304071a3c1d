import type { SchemaElement } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../lib/read/memory.ts';
import { type ColumnOf, frameTexts, parquetFile, variantFile, withMetadata } from './parquet-files.ts';

const required = (element: SchemaElement): SchemaElement => ({ repetition_type: 'REQUIRED', ...element });
const optional = (element: SchemaElement): SchemaElement => ({ repetition_type: 'OPTIONAL', ...element });
const repeated = (element: SchemaElement): SchemaElement => ({ repetition_type: 'REPEATED', ...element });

const list = (name: string, ...item: SchemaElement[]): SchemaElement[] => [
  optional({ name, converted_type: 'LIST', num_children: 1 }),
  repeated({ name: 'list', num_children: 1 }),
  ...item,
];
const map = (name: string, key: SchemaElement, ...value: SchemaElement[]): SchemaElement[] => [
  optional({ name, converted_type: 'MAP', num_children: 1 }),
  repeated({ name: 'key_value', num_children: 2 }),
  { ...key, name: 'key', repetition_type: 'REQUIRED' },
  ...value,
];
const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
const int = { type: 'INT32' } as const;
const point = [
  optional({ name: 'point', num_children: 2 }),
  optional({ name: 'x', ...int }),
  optional({ name: 'at', type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' }),
];

const CASES: [what: string, column: ColumnOf, texts: string[]][] = [
  [
    'a list',
    { schema: list('v', optional({ name: 'element', ...int })), data: [[1, 2], [], null, [null, 3]] },
    ['{"v":[1,2]}', '{"v":[]}', '{}', '{"v":[null,3]}'],
  ],
  [
    'a list of required items',
    { schema: list('v', required({ name: 'element', ...text })), data: [['a', 'b'], [], null] },
    ['{"v":["a","b"]}', '{"v":[]}', '{}'],
  ],
  [
    'a list of lists',
    {
      schema: [...list('v'), ...list('element', optional({ name: 'element', ...int }))],
      data: [[[1], [], [2, 3]], [], [[null]]],
    },
    ['{"v":[[1],[],[2,3]]}', '{"v":[]}', '{"v":[[null]]}'],
  ],
  [
    'a struct',
    { schema: point, data: [{ x: 1, at: 0n }, { x: null, at: null }, null, { x: 2, at: null }] },
    ['{"point":{"x":1,"at":"1970-01-01T00:00:00Z"}}', '{"point":{}}', '{}', '{"point":{"x":2}}'],
  ],
  [
    'a list of structs',
    { schema: list('v', ...point), data: [[{ x: 1, at: 1n }, null, { x: 2, at: null }], null, []] },
    ['{"v":[{"x":1,"at":"1970-01-01T00:00:00.001Z"},null,{"x":2}]}', '{}', '{"v":[]}'],
  ],
  [
    'a map',
    {
      schema: map('m', { name: 'key', ...text }, optional({ name: 'value', ...int })),
      data: [
        [
          { key: 'a', value: 1 },
          { key: '__proto__', value: 2 },
        ],
        [],
        null,
        [{ key: 'b', value: null }],
      ],
    },
    ['{"m":{"a":1,"__proto__":2}}', '{"m":{}}', '{}', '{"m":{}}'],
  ],
  [
    'a map with keys that are no text',
    {
      schema: map('m', { name: 'key', ...int }, required({ name: 'value', ...text })),
      data: [[{ key: 7, value: 'x' }]],
    },
    ['{"m":{"7":"x"}}'],
  ],
  [
    'a map of lists',
    {
      schema: map('m', { name: 'key', ...text }, ...list('value', optional({ name: 'element', ...int }))),
      data: [
        [
          { key: 'a', value: [1, 2] },
          { key: 'b', value: [] },
        ],
      ],
    },
    ['{"m":{"a":[1,2],"b":[]}}'],
  ],
  [
    'a list in the older form, of structs with one field',
    {
      schema: [
        optional({ name: 'v', converted_type: 'LIST', num_children: 1 }),
        repeated({ name: 'array', num_children: 1 }),
        optional({ name: 'x', ...int }),
      ],
      data: [[1, 2]],
    },
    ['{"v":[{"x":1},{"x":2}]}'],
  ],
  [
    'a field called like a property of every object',
    {
      schema: [optional({ name: '__proto__', num_children: 1 }), optional({ name: 'constructor', ...int })],
      data: [null],
    },
    ['{}'],
  ],
];

/** The footer of a file of lists, rewritten so that the column `v` is `schema` with the same levels and pages. */
const withOlderSchema = (schema: SchemaElement[], path: string[]): Buffer => {
  const lists = list('v', required({ name: 'element', ...int }));
  const file = parquetFile([{ schema: lists, data: [[1, 2], [], [3]] }]);
  return withMetadata(file, (metadata) => {
    metadata.schema.splice(1, lists.length, ...schema);
    metadata.row_groups[0]!.columns[0]!.meta_data!.path_in_schema = path;
  });
};

describe('nested columns of Parquet', () => {
  it.each(CASES)('become JSON: %s', async (_, column, texts) => {
    expect(await frameTexts(memorySource(parquetFile([column])))).toEqual(texts);
  });

  it.each(CASES)('are the same over pages and row groups: %s', async (_, column, texts) => {
    const data = Array.from({ length: 50 }, () => column.data).flat();
    const file = parquetFile([{ ...column, data }], { pageSize: 16, rowGroupSize: 70 });
    const all = Array.from({ length: 50 }, () => texts).flat();
    expect(await frameTexts(memorySource(file))).toEqual(all);
    expect(await frameTexts(memorySource(file), { rows: { start: 31, end: 45 } })).toEqual(all.slice(31, 45));
  });

  it('become JSON: a list in the older form, of bare items', async () => {
    const schema = [
      optional({ name: 'v', converted_type: 'LIST', num_children: 1 }),
      repeated({ name: 'array', ...int }),
    ];
    const file = withOlderSchema(schema, ['v', 'array']);
    expect(await frameTexts(memorySource(file))).toEqual(['{"v":[1,2]}', '{"v":[]}', '{"v":[3]}']);
  });

  it('become JSON: a field that repeats without being a list', async () => {
    const schema = [optional({ name: 'v', num_children: 1 }), repeated({ name: 'each', ...int })];
    const file = withOlderSchema(schema, ['v', 'each']);
    expect(await frameTexts(memorySource(file))).toEqual([
      '{"v":{"each":[1,2]}}',
      '{"v":{"each":[]}}',
      '{"v":{"each":[3]}}',
    ]);
  });

  it('become JSON: a variant', async () => {
    const file = variantFile([{ a: 1, b: ['x', null] }, 'text', null]);
    expect(await frameTexts(memorySource(file))).toEqual([
      '{"v":{"a":1,"b":["x",null]}}',
      '{"v":"text"}',
      '{}',
    ]);
  });
});
