import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../lib/read/memory.ts';
import { avroBytes, avroFile, frameTexts, long } from './avro-files.ts';

const recordOf = (type: unknown) => ({ type: 'record', name: 'R', fields: [{ name: 'x', type }] });
const logical = (type: unknown, logicalType: string, more = {}) =>
  typeof type === 'string' ? { type, logicalType, ...more } : { ...(type as object), logicalType, ...more };
const fixed = (size: number) => ({ type: 'fixed', name: 'F', size });

/** What avsc writes, and what comes out. */
const CASES: [what: string, type: unknown, value: unknown, json: string | undefined][] = [
  ['null, which is left out', 'null', null, undefined],
  ['a boolean', 'boolean', true, 'true'],
  ['an int', 'int', -2_147_483_648, '-2147483648'],
  ['a long within a double', 'long', 9_007_199_254_740_990, '9007199254740990'],
  ['a float', 'float', 0.5, '0.5'],
  ['a double', 'double', 0.1, '0.1'],
  ['NaN', 'double', Number.NaN, 'null'],
  ['infinity', 'float', Number.POSITIVE_INFINITY, 'null'],
  ['a string', 'string', 'é "x"\n', '"é \\"x\\"\\n"'],
  ['bytes', 'bytes', Buffer.from('abc'), '"YWJj"'],
  ['fixed bytes', fixed(3), Buffer.from('abc'), '"YWJj"'],
  ['an enum', { type: 'enum', name: 'E', symbols: ['RED', 'GREEN'] }, 'GREEN', '"GREEN"'],
  ['an array', { type: 'array', items: ['null', 'int'] }, [1, null, 2], '[1,null,2]'],
  ['an empty array', { type: 'array', items: 'int' }, [], '[]'],
  ['a map', { type: 'map', values: ['null', 'int'] }, { a: 1, b: null, c: 3 }, '{"a":1,"c":3}'],
  ['a union that is null', ['null', 'string'], null, undefined],
  [
    'a union of records',
    [{ type: 'record', name: 'A', fields: [{ name: 'a', type: 'int' }] }, 'string'],
    { a: 1 },
    '{"a":1}',
  ],
  [
    'a record in a record',
    {
      type: 'record',
      name: 'A',
      fields: [
        { name: 'a', type: 'int' },
        { name: 'b', type: ['null', 'int'] },
      ],
    },
    { a: 1, b: null },
    '{"a":1}',
  ],
  ['a date', logical('int', 'date'), 19_723, '"2024-01-01"'],
  ['a time of day', logical('int', 'time-millis'), 3_723_500, '"01:02:03.500"'],
  ['a time of day in microseconds', logical('long', 'time-micros'), 1, '"00:00:00.000001"'],
  ['milliseconds', logical('long', 'timestamp-millis'), 1_704_067_200_123, '"2024-01-01T00:00:00.123Z"'],
  [
    'microseconds',
    logical('long', 'timestamp-micros'),
    1_704_067_200_123_456,
    '"2024-01-01T00:00:00.123456Z"',
  ],
  ['local time', logical('long', 'local-timestamp-millis'), 0, '"1970-01-01T00:00:00"'],
  ['a decimal', logical('bytes', 'decimal', { precision: 9, scale: 2 }), Buffer.from([0xff, 0x85]), '-1.23'],
  [
    'a fixed decimal',
    logical(fixed(9), 'decimal', { precision: 20, scale: 2 }),
    Buffer.from('010000000000000001', 'hex'),
    '"184467440737095516.17"',
  ],
  ['a UUID as text', logical('string', 'uuid'), 'abc', '"abc"'],
  [
    'a UUID as bytes',
    logical(fixed(16), 'uuid'),
    Buffer.from('123e4567e89b12d3a456426614174000', 'hex'),
    '"123e4567-e89b-12d3-a456-426614174000"',
  ],
  [
    'a duration',
    logical(fixed(12), 'duration'),
    Buffer.from('0100000002000000b80b0000', 'hex'),
    '"P1M2DT3S"',
  ],
  ['a logical type that nobody knows', logical('int', 'celsius'), 20, '20'],
  ['a logical type that does not go with its type', logical('string', 'date'), 'abc', '"abc"'],
];

describe('values of Avro', () => {
  it.each(CASES)('become JSON: %s', async (_, type, value, json) => {
    const file = await avroFile(recordOf(type), [{ x: value }]);
    expect(await frameTexts(memorySource(file))).toEqual([json === undefined ? '{}' : `{"x":${json}}`]);
  });

  it.each([
    ['the largest long', 'feffffffffffffffff01', '9223372036854775807'],
    ['the smallest long', 'ffffffffffffffffff01', '-9223372036854775808'],
    ['the first beyond a double', '8080808080808020', '9007199254740992'],
    ['the last within', 'feffffffffffff1f', '9007199254740991'],
    ['minus one', '01', '-1'],
  ])('keep their digits: %s', async (_, hex, digits) => {
    const file = avroBytes(recordOf('long'), [{ count: 1, data: Buffer.from(hex, 'hex') }]);
    expect(await frameTexts(memorySource(file))).toEqual([`{"x":${digits}}`]);
  });

  it('keep their precision: nanoseconds', async () => {
    const nanos = avroBytes(recordOf(logical('long', 'timestamp-nanos')), [
      { count: 1, data: Buffer.from('02', 'hex') },
    ]);
    expect(await frameTexts(memorySource(nanos))).toEqual(['{"x":"1970-01-01T00:00:00.000000001Z"}']);
  });

  it('are read from lists that tell their length in bytes', async () => {
    const items = Buffer.concat([Buffer.from([0x03]), long(2), long(7), long(8), long(0)]);
    const file = avroBytes(recordOf({ type: 'array', items: 'int' }), [{ count: 1, data: items }]);
    expect(await frameTexts(memorySource(file))).toEqual(['{"x":[7,8]}']);
  });

  it('may hold values of their own type', async () => {
    const list = {
      type: 'record',
      name: 'List',
      fields: [
        { name: 'v', type: 'int' },
        { name: 'next', type: ['null', 'List'] },
      ],
    };
    const file = await avroFile(list, [{ v: 1, next: { v: 2, next: null } }]);
    expect(await frameTexts(memorySource(file))).toEqual(['{"v":1,"next":{"v":2}}']);
  });

  it('keep names that the specification does not allow, and need no valid defaults', async () => {
    const schema = {
      type: 'record',
      name: 'R',
      namespace: 'com.example',
      fields: [
        { name: '$insert_id', type: 'int', default: 'seven' },
        { name: '__proto__', type: { type: 'enum', name: 'E', symbols: ['in-progress'] } },
      ],
    };
    const file = avroBytes(schema, [{ count: 1, data: Buffer.concat([long(5), long(0)]) }]);
    expect(await frameTexts(memorySource(file))).toEqual(['{"$insert_id":5,"__proto__":"in-progress"}']);
  });

  it('may be no records', async () => {
    expect(await frameTexts(memorySource(await avroFile('string', ['a', 'b'])))).toEqual(['"a"', '"b"']);
  });
});
