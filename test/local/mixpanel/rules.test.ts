import { describe, expect, it } from 'vitest';
import { documentedLimits } from '../../../local/mixpanel/limits.ts';
import type { RuleContext } from '../../../local/mixpanel/rules/rule.ts';
import { lenientViolation, strictViolation } from '../../../local/mixpanel/rules.ts';
import { sampleEvent } from './requests.ts';

const nowMs = Date.UTC(2026, 7, 1);
const hourMs = 3_600_000;
const context: RuleContext = {
  nowMs,
  identity: 'original',
  limits: documentedLimits,
  bodyIsUtf8: true,
  eventBytes: 200,
};
const simplified: RuleContext = { ...context, identity: 'simplified' };
const keys = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]));
const properties = (changes: Record<string, unknown>) => strictViolation(sampleEvent(1, changes), context);

it('passes a plain event', () => {
  expect(properties({ ok: true, list: [1, 'two', null], nothing: null })).toBeUndefined();
});

it.each([
  ['null', null],
  ['a string', 'event'],
  ['an array', []],
  ['no event', { properties: {} }],
  ['a blank event', { ...sampleEvent(1), event: ' \t' }],
  ['a number for a name', { ...sampleEvent(1), event: 5 }],
  ['no properties', { event: 'a' }],
  ['properties that are a list', { event: 'a', properties: [] }],
  ['a third key', { ...sampleEvent(1), token: 'x' }],
])('refuses %s', (_, value) => {
  expect(strictViolation(value, context)).toBeDefined();
});

it('says what is wrong with a name word for word', () => {
  const blank = { event: '', properties: {} };
  expect(strictViolation(blank, context)?.message).toBe("'event' must not be missing or blank");
});

describe('time', () => {
  it.each([
    ['missing', undefined, 'must not be missing'],
    ['null', null, 'must not be missing'],
    ['text', '1700000000', 'must be specified as seconds since epoch'],
    ['a fraction', 1_700_000_000.5, 'must be specified as seconds since epoch'],
    ['too large', 2 ** 60, 'must be specified as seconds since epoch'],
    ['before 1971', 31_535_999, 'must not be before 1971-01-01'],
    ['negative', -1, 'must not be before 1971-01-01'],
    ['over an hour ahead', nowMs + hourMs + 1, 'must not be in the future'],
    ['over an hour ahead in seconds', (nowMs + hourMs) / 1_000 + 1, 'must not be in the future'],
    ['microseconds', nowMs * 1_000, 'must not be in the future'],
  ])('refuses %s', (_, time, problem) => {
    expect(properties({ time })).toEqual({
      field: 'properties.time',
      message: `'properties.time' is invalid: ${problem}`,
    });
  });

  it.each([31_536_000, 1_700_000_000, 10_000_000_000 + 31_536_000_000, nowMs + hourMs])(
    'passes %d',
    (time) => {
      expect(properties({ time })).toBeUndefined();
    },
  );
});

describe('distinct_id', () => {
  it('is required in an original project only', () => {
    const withoutId = sampleEvent(1, { distinct_id: undefined, $user_id: 'u' });
    expect(strictViolation(withoutId, context)?.message).toBe(
      "'properties.distinct_id' is invalid: must not be missing",
    );
    expect(strictViolation(withoutId, simplified)).toBeUndefined();
  });

  it('may be empty', () => {
    expect(properties({ distinct_id: '' })).toBeUndefined();
  });

  it.each(['anon', 'UNDEFINED', '[]', '-1', '00000000-0000-0000-0000-000000000000', 12, {}])(
    'is not %j',
    (distinctId) => {
      expect(properties({ distinct_id: distinctId })?.field).toBe('properties.distinct_id');
    },
  );
});

describe('$insert_id', () => {
  it.each(['a', 'A-9', 'x'.repeat(36)])('passes %s', (insertId) => {
    expect(properties({ $insert_id: insertId })).toBeUndefined();
  });

  it.each([undefined, null, '', 7, 'x'.repeat(37), 'ü', 'a b', 'a\n', 'none', 'Null'])(
    'refuses %j',
    (insertId) => {
      expect(properties({ $insert_id: insertId })?.field).toBe('$insert_id');
    },
  );

  it('says word for word which characters it takes', () => {
    expect(properties({ $insert_id: 'ajs-next-1:2' })?.message).toBe(
      "'$insert_id' is invalid: must only contain alphanumeric or hyphen '-' characters",
    );
  });
});

describe('sizes', () => {
  it('takes fewer than 255 properties', () => {
    expect(properties(keys(251))).toBeUndefined();
    expect(properties(keys(252))?.field).toBe('properties');
  });

  it('takes events smaller than 1 MB', () => {
    const violation = (eventBytes: number) => strictViolation(sampleEvent(1), { ...context, eventBytes });
    expect(violation(999_999)).toBeUndefined();
    expect(violation(1_000_000)?.message).toContain('smaller than 1000000 bytes');
  });

  it.each([
    ['254 keys', keys(254), undefined],
    ['255 keys', keys(255), 'must not have more than 254 keys'],
    ['254 elements', new Array(254).fill(1), undefined],
    ['255 elements', new Array(255).fill(1), 'must not have more than 254 elements'],
    [
      '255 elements further down',
      { a: { b: new Array(255).fill(1) } },
      'must not have more than 254 elements',
    ],
    ['three levels', { a: { b: { c: 1 } } }, undefined],
    ['four levels', { a: { b: { c: { d: 1 } } } }, 'must not be nested deeper than 3 levels'],
    ['four levels with lists', [[[[1]]]], 'must not be nested deeper than 3 levels'],
    ['8,000 bytes', ['x'.repeat(7_996)], undefined],
    ['8,001 bytes', ['x'.repeat(7_997)], 'must not be larger than 8000 bytes'],
    ['8,001 bytes of two-byte characters', ['ü'.repeat(3_999)], 'must not be larger than 8000 bytes'],
  ])('judges %s in a value', (_, value, problem) => {
    const message = problem && `'properties.nested' is invalid: ${problem}`;
    expect(properties({ nested: value })?.message).toBe(message);
  });
});

describe('without strict=1', () => {
  it('minds only what makes an event impossible to store', () => {
    const odd = { ...sampleEvent(1, { $insert_id: 'a:b', distinct_id: undefined }), extra: 1 };
    expect(lenientViolation(odd, context)).toBeUndefined();
    expect(lenientViolation({ event: 'a', properties: {} }, context)?.field).toBe('properties.time');
    expect(lenientViolation({ event: 'a' }, context)).toBeDefined();
  });
});
