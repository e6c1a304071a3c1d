import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalJson,
  contentInsertId,
  legalInsertId,
  positionInsertId,
} from '../../lib/transform/insert-id.ts';
import { sentId } from './mapping.ts';

const RECORD = { event: 'e', time: 1, distinct_id: 'u' };

describe('legalInsertId', () => {
  it.each([
    ['a', 'a'],
    ['A-z-0-9', 'A-z-0-9'],
    ['x'.repeat(36), 'x'.repeat(36)],
    [42, '42'],
    [JSON.rawJSON('12345678901234567890'), '12345678901234567890'],
  ])('keeps %o', (value, expected) => {
    expect(legalInsertId(value)).toBe(expected);
  });

  it.each([
    '',
    'x'.repeat(37),
    'a:b',
    'a b',
    'a\n',
    'é',
    'null',
    'Anonymous',
    'N/A',
    '-1',
    '0',
    -1,
    0,
    '00000000-0000-0000-0000-000000000000',
    1.5,
    1e300,
    JSON.rawJSON('1e30'),
    null,
    undefined,
    true,
    {},
    [],
  ])('replaces %o', (value) => {
    expect(legalInsertId(value)).toBeUndefined();
  });
});

describe('contentInsertId', () => {
  it('is 36 hexadecimal digits', () => {
    expect(contentInsertId(RECORD)).toMatch(/^[0-9a-f]{36}$/);
  });

  it('is the same for the same content, whatever the order of its keys', () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, inner]) => [key, shuffled(inner)]),
      );
    };
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), (record) => {
        expect(contentInsertId(shuffled(record) as typeof record)).toBe(contentInsertId(record));
      }),
    );
  });

  it.each([
    ['another value', { ...RECORD, time: 2 }],
    ['another type', { ...RECORD, time: '1' }],
    ['another key', { ...RECORD, times: 1 }],
    ['another order of a list', { ...RECORD, list: [2, 1] }],
    ['a list for an object', { ...RECORD, list: { 0: 1, 1: 2 } }],
  ])('differs with %s', (_, record) => {
    expect(contentInsertId(record)).not.toBe(contentInsertId({ ...RECORD, list: [1, 2] }));
    expect(contentInsertId(record)).not.toBe(contentInsertId(RECORD));
  });
});

describe('positionInsertId', () => {
  const place = { uri: 's3://b/k', etag: 'e', offset: 10 };

  it('is the same for the same place, and no other', () => {
    expect(positionInsertId(place)).toBe(positionInsertId({ ...place }));
    for (const change of [{ uri: 's3://b/l' }, { etag: 'f' }, { offset: 11 }, { entry: 'a' }])
      expect(positionInsertId({ ...place, ...change })).not.toBe(positionInsertId(place));
  });
});

describe('the $insert_id of an event', () => {
  it.each([undefined, null, '', 'not legal', 'null', { a: 1 }])('is made where %o stands', ($insert_id) => {
    const id = sentId({ ...RECORD, $insert_id });
    expect(id).toMatch(/^[0-9a-f]{36}$/);
    expect(sentId({ ...RECORD, $insert_id })).toBe(id);
  });

  it('is made of the content: the same in any file, at any place and for any order of keys', () => {
    const id = sentId(RECORD);
    expect(sentId(RECORD, {}, { uri: 's3://other/file', etag: 'f', offset: 5_000 })).toBe(id);
    expect(sentId({ distinct_id: 'u', time: 1, event: 'e' })).toBe(id);
    expect(sentId({ ...RECORD, a: 1 })).not.toBe(id);
  });

  it('is made of all digits of a number', () => {
    const id = (n: string) => sentId(`{"event":"e","time":1,"distinct_id":"u","n":${n}}`);
    expect(id('12345678901234567891')).not.toBe(id('12345678901234567892'));
  });

  it('is made of the place where the recipe says so', () => {
    const recipe = { insertId: 'position' } as const;
    const id = sentId(RECORD, recipe, { offset: 10 });
    expect(sentId(RECORD, recipe, { offset: 10 })).toBe(id);
    expect(sentId(RECORD, recipe, { offset: 11 })).not.toBe(id);
    expect(sentId({ ...RECORD, $insert_id: 'own' }, recipe)).toBe('own');
  });
});

it('writes strings of all characters as JSON.stringify does, to make ids of', () => {
  for (let unit = 0; unit <= 0xffff; unit++) {
    const text = `a${String.fromCharCode(unit)}`;
    if (canonicalJson(text) !== JSON.stringify(text)) expect(canonicalJson(text)).toBe(JSON.stringify(text));
  }
  expect(canonicalJson('\u{1f600}')).toBe('"\u{1f600}"');
});
