import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTime } from '../../lib/transform/time.ts';

const NOON = Date.UTC(2026, 4, 3, 12, 30, 45);

describe('parseTime', () => {
  it.each<[unknown, number]>([
    [1_700_000_000, 1_700_000_000],
    [1_700_000_000_123, 1_700_000_000_123],
    [0, 0],
    [-5, -5],
    [1_700_000_000.123, 1_700_000_000_123],
    [1_700_000_000_123.9, 1_700_000_000_123],
    ['1700000000', 1_700_000_000],
    [' 1700000000.5 ', 1_700_000_000_500],
    [JSON.rawJSON('1.7E9'), 1_700_000_000],
    [JSON.rawJSON('1.7000000005e9'), 1_700_000_000_500],
    ['2026-05-03', Date.UTC(2026, 4, 3)],
    ['2026/05/03 12:30', Date.UTC(2026, 4, 3, 12, 30)],
    ['2026-05-03T12:30:45', NOON],
    ['2026-05-03 12:30:45', NOON],
    ['2026-05-03T12:30:45Z', NOON],
    ['2026-05-03t12:30:45z', NOON],
    ['2026-05-03 12:30:45 UTC', NOON],
    ['2026-05-03T12:30:45.1', NOON + 100],
    ['2026-05-03T12:30:45,123', NOON + 123],
    ['2026-05-03 12:30:45.999999', NOON + 999],
    ['2026-05-03T12:30:45.000000001Z', NOON],
    ['2026-05-03T14:30:45+02:00', NOON],
    ['2026-05-03T14:30:45+0200', NOON],
    ['2026-05-03 12:30:45.5+00', NOON + 500],
    ['2026-05-03T07:00:45-05:30', NOON],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
  ])('reads %o', (value, expected) => {
    expect(parseTime(value)).toBe(expected);
  });

  it.each<unknown>([
    '',
    'now',
    '-5',
    '1.7e9',
    '2026-05',
    '2026-5-3',
    '03/05/2026',
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-04-31',
    '2026-05-03T24:00:00',
    '2026-05-03T12:60',
    '2026-05-03T12:30:60',
    '0099-01-01',
    '2026-05-03T12',
    '2026-05-03T12:30:45 CET',
    '2026-05-03T12:30:45.',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 60,
    '99999999999999999999',
    JSON.rawJSON('1234567890123456789'),
    JSON.rawJSON('1e400'),
    null,
    true,
    {},
    [],
  ])('does not read %o', (value) => {
    expect(parseTime(value)).toBeUndefined();
  });

  it('reads what Date writes, to the millisecond', () => {
    const date = fc.date({
      min: new Date('0100-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(fc.property(date, (at) => parseTime(at.toISOString()) === at.getTime()));
  });

  it('gives an integer or nothing for any value', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const time = parseTime(value);
        expect(time === undefined || Number.isSafeInteger(time)).toBe(true);
      }),
    );
  });
});
