import type { SchemaElement } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../lib/read/memory.ts';
import { flat, frameTexts, parquetFile } from './parquet-files.ts';

type Case = [
  what: string,
  element: Omit<SchemaElement, 'name' | 'repetition_type'>,
  value: unknown,
  json: string,
];

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const timestamp = (unit: 'MILLIS' | 'MICROS' | 'NANOS', isAdjustedToUTC = true) =>
  ({ type: 'INT64', logical_type: { type: 'TIMESTAMP', unit, isAdjustedToUTC } }) as const;
const decimal = (type: SchemaElement['type'], scale: number, type_length?: number) =>
  ({ type, converted_type: 'DECIMAL', scale, precision: 38, type_length }) as Case[1];

const CASES: Case[] = [
  ['a boolean', { type: 'BOOLEAN' }, true, 'true'],
  ['an int32', { type: 'INT32' }, -5, '-5'],
  ['an int64 within a double', { type: 'INT64' }, 9_007_199_254_740_991n, '9007199254740991'],
  ['an int64 beyond a double', { type: 'INT64' }, -9_223_372_036_854_775_807n, '-9223372036854775807'],
  [
    'a uint64',
    { type: 'INT64', converted_type: 'UINT_64' },
    18_446_744_073_709_551_615n,
    '18446744073709551615',
  ],
  ['a uint32', { type: 'INT32', converted_type: 'UINT_32' }, 4_294_967_295, '4294967295'],
  ['a double', { type: 'DOUBLE' }, 0.1, '0.1'],
  ['a large double', { type: 'DOUBLE' }, 1e300, '1e+300'],
  ['NaN', { type: 'DOUBLE' }, Number.NaN, 'null'],
  ['infinity', { type: 'DOUBLE' }, Number.NEGATIVE_INFINITY, 'null'],
  ['a float', { type: 'FLOAT' }, 0.5, '0.5'],
  [
    'a float16',
    { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 2, logical_type: { type: 'FLOAT16' } },
    1.5,
    '1.5',
  ],
  ['text', { type: 'BYTE_ARRAY', converted_type: 'UTF8' }, text('é "x"\n'), '"é \\"x\\"\\n"'],
  ['text by its logical type', { type: 'BYTE_ARRAY', logical_type: { type: 'STRING' } }, text('x'), '"x"'],
  ['bytes that are UTF-8', { type: 'BYTE_ARRAY' }, text('x'), '"x"'],
  ['bytes that are not', { type: 'BYTE_ARRAY' }, bytes(0xff, 0xfe), '"//4="'],
  ['an enum', { type: 'BYTE_ARRAY', converted_type: 'ENUM' }, text('RED'), '"RED"'],
  ['fixed bytes', { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 3 }, text('abc'), '"YWJj"'],
  [
    'a UUID',
    { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } },
    '123e4567-e89b-12d3-a456-426614174000',
    '"123e4567-e89b-12d3-a456-426614174000"',
  ],
  [
    'JSON, on one line and with its digits',
    { type: 'BYTE_ARRAY', logical_type: { type: 'JSON' } },
    text('{"a":\n [1, 12345678901234567890]}'),
    '{"a":  [1, 12345678901234567890]}',
  ],
  ['JSON that is none', { type: 'BYTE_ARRAY', logical_type: { type: 'JSON' } }, text('{a'), '"{a"'],
  ['a date', { type: 'INT32', converted_type: 'DATE' }, 19_723, '"2024-01-01"'],
  ['a date before the epoch', { type: 'INT32', converted_type: 'DATE' }, -1, '"1969-12-31"'],
  ['milliseconds', timestamp('MILLIS'), 1_704_067_200_123n, '"2024-01-01T00:00:00.123Z"'],
  ['microseconds', timestamp('MICROS'), 1_704_067_200_123_456n, '"2024-01-01T00:00:00.123456Z"'],
  ['nanoseconds', timestamp('NANOS'), 1_704_067_200_123_456_789n, '"2024-01-01T00:00:00.123456789Z"'],
  ['nanoseconds before the epoch', timestamp('NANOS'), -1n, '"1969-12-31T23:59:59.999999999Z"'],
  ['local time', timestamp('MICROS', false), 1_704_067_200_500_000n, '"2024-01-01T00:00:00.500"'],
  ['whole seconds', timestamp('MICROS'), 1_704_067_200_000_000n, '"2024-01-01T00:00:00Z"'],
  [
    'milliseconds by the older annotation',
    { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
    1n,
    '"1970-01-01T00:00:00.001Z"',
  ],
  ['a time that no calendar has', timestamp('MILLIS'), 9_223_372_036_854_775_807n, '9223372036854775807'],
  [
    'a time of day',
    { type: 'INT64', logical_type: { type: 'TIME', unit: 'MICROS', isAdjustedToUTC: false } },
    3_723_000_001n,
    '"01:02:03.000001"',
  ],
  ['a time of day in milliseconds', { type: 'INT32', converted_type: 'TIME_MILLIS' }, 500, '"00:00:00.500"'],
  ['a decimal that a double holds', decimal('INT32', 2), 12_340n, '123.4'],
  ['a negative decimal', decimal('INT64', 3), -1_005n, '-1.005'],
  ['a decimal below one', decimal('INT64', 3), 5n, '0.005'],
  [
    'a decimal that a double does not hold',
    decimal('INT64', 2),
    123_456_789_012_345_678n,
    '"1234567890123456.78"',
  ],
  ['a long decimal', decimal('FIXED_LEN_BYTE_ARRAY', 4, 16), -12_345n, '-1.2345'],
  ['a decimal in bytes', decimal('BYTE_ARRAY', 1), 255n, '25.5'],
];

describe('values of Parquet', () => {
  it.each(CASES)('become JSON: %s', async (_, element, value, json) => {
    const file = parquetFile([flat({ name: 'x', ...element }, [value])]);
    expect(await frameTexts(memorySource(file))).toEqual([`{"x":${json}}`]);
  });

  it.each(CASES)('are the same where they come from a dictionary: %s', async (_, element, value, json) => {
    const file = parquetFile([flat({ name: 'x', ...element }, [...Array<unknown>(40).fill(value), null])]);
    expect(await frameTexts(memorySource(file))).toEqual([...Array<string>(40).fill(`{"x":${json}}`), '{}']);
  });

  it('are left out where they are null', async () => {
    const file = parquetFile([
      flat({ name: 'a', type: 'INT32' }, [1, null]),
      flat({ name: 'b', type: 'INT32' }, [null, 2]),
    ]);
    expect(await frameTexts(memorySource(file))).toEqual(['{"a":1}', '{"b":2}']);
  });

  it('are parsed in columns of which the recipe says that they hold JSON', async () => {
    const texts = ['{"k":[1,2.50]}', 'plain', '"quoted"'].map(text);
    const file = parquetFile([flat({ name: 'props', type: 'BYTE_ARRAY', converted_type: 'UTF8' }, texts)]);
    expect(await frameTexts(memorySource(file), { settings: { jsonColumns: ['props'] } })).toEqual([
      '{"props":{"k":[1,2.50]}}',
      '{"props":"plain"}',
      '{"props":"quoted"}',
    ]);
  });
});
