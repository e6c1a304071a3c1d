import { describe, expect, it } from 'vitest';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import type { RecipeInput } from '../../lib/recipe/schema.ts';
import { createEventMapper } from '../../lib/transform/event.ts';
import { contentInsertId } from '../../lib/transform/insert-id.ts';
import { mapRecord, rejectionOf, sentEvent, sentText } from './mapping.ts';

const PROPERTIES = { time: 1_700_000_000, distinct_id: 'u', $insert_id: 'id-1' };
const FLAT = { event: 'e', ...PROPERTIES };
const NESTED = { event: 'e', properties: PROPERTIES };

describe('createEventMapper: an event that Mixpanel takes as it is', () => {
  it.each([
    ['plain', JSON.stringify(NESTED)],
    [
      'with spaces',
      ' {"event" : "e",\t"properties":{ "time":1.0e3, "time": 1700000000 ,"distinct_id":"",\n"$insert_id":"a"} } '.replace(
        '\n',
        ' ',
      ),
    ],
    [
      'with the user in another place',
      '{"properties":{"time":1,"$user_id":"u","$insert_id":"a"},"event":"e"}',
    ],
    ['with a device only', '{"properties":{"time":1,"$device_id":"d","$insert_id":"a"},"event":"e"}'],
    [
      'with digits beyond a double',
      '{"event":"e","properties":{"time":1,"distinct_id":"u","$insert_id":"a","n":12345678901234567890.10}}',
    ],
    [
      'with a lone surrogate',
      '{"event":"e","properties":{"time":1,"distinct_id":"u","$insert_id":"a","s":"\\ud800"}}',
    ],
    [
      'with __proto__',
      '{"event":"e","properties":{"time":1,"distinct_id":"u","$insert_id":"a","__proto__":{"x":1}}}',
    ],
  ])('keeps the very bytes: %s', (_, text) => {
    expect(sentText(text)).toBe(text);
  });

  it.each<[string, object]>([
    ['a third key', { ...NESTED, more: 1 }],
    ['a time to be read', { event: 'e', properties: { ...PROPERTIES, time: '2026-01-01' } }],
    ['a fraction of a second', { event: 'e', properties: { ...PROPERTIES, time: 1.5 } }],
    ['a number for the user', { event: 'e', properties: { ...PROPERTIES, distinct_id: 7 } }],
    ['a number for the id', { event: 'e', properties: { ...PROPERTIES, $insert_id: 7 } }],
    ['an illegal id', { event: 'e', properties: { ...PROPERTIES, $insert_id: 'a:b' } }],
  ])('writes one with %s again', (_, record) => {
    expect(sentText(record)).not.toBe(JSON.stringify(record));
    expect(Object.keys(sentEvent(record))).toEqual(['event', 'properties']);
  });

  it('writes it again where the recipe asks for something else', () => {
    const recipe: RecipeInput = { fields: { event: { constant: 'other' } } };
    expect(sentEvent(NESTED, recipe).event).toBe('other');
  });
});

describe('createEventMapper: fields', () => {
  it.each<[string, object, RecipeInput['fields'], object]>([
    ['a flat record', { ...FLAT, a: 1 }, {}, { event: 'e', properties: { ...PROPERTIES, a: 1 } }],
    [
      'columns beside nested ones, which win',
      { ...NESTED, time: 5, properties: { ...PROPERTIES, a: 'in' }, a: 'out', b: 'out' },
      {},
      { event: 'e', properties: { ...PROPERTIES, a: 'in', b: 'out' } },
    ],
    [
      'fields beside nested properties',
      { ...FLAT, properties: { a: 1 } },
      {},
      { event: 'e', properties: { ...PROPERTIES, a: 1 } },
    ],
    [
      'an event named inside',
      { properties: { ...FLAT, a: 1 } },
      {},
      { event: 'e', properties: { ...PROPERTIES, a: 1 } },
    ],
    [
      'an event named outside, and a property called event',
      { event: 'e', properties: { ...PROPERTIES, event: 'p' } },
      {},
      { event: 'e', properties: { ...PROPERTIES, event: 'p' } },
    ],
    [
      'a column called properties that is no object',
      { ...FLAT, properties: ['x'] },
      {},
      { event: 'e', properties: { ...PROPERTIES, properties: ['x'] } },
    ],
    [
      'renamed columns',
      { what: 'e', at: 1_700_000_000, who: 'u', id: 'id-1', a: 1 },
      {
        event: { column: 'what' },
        time: { column: 'at' },
        distinct_id: { column: 'who' },
        $insert_id: { column: 'id' },
      },
      { event: 'e', properties: { ...PROPERTIES, a: 1 } },
    ],
    [
      'renamed columns that are kept',
      { what: 'e', at: '1700000000', who: 7, id: 'id-1' },
      {
        event: { column: 'what', keep: true },
        time: { column: 'at', keep: true },
        distinct_id: { column: 'who', keep: true },
        $insert_id: { column: 'id', keep: true },
      },
      {
        event: 'e',
        properties: { ...PROPERTIES, distinct_id: '7', what: 'e', at: '1700000000', who: 7, id: 'id-1' },
      },
    ],
    [
      'constants',
      { a: 1 },
      {
        event: { constant: 'e' },
        time: { constant: '2023-11-14T22:13:20Z' },
        distinct_id: { constant: '' },
        $insert_id: { constant: 'same' },
      },
      { event: 'e', properties: { a: 1, time: 1_700_000_000_000, distinct_id: '', $insert_id: 'same' } },
    ],
    [
      'a constant number for the user',
      FLAT,
      { distinct_id: { constant: 7 } },
      { event: 'e', properties: { ...PROPERTIES, distinct_id: '7' } },
    ],
    [
      'a null that means absent',
      { ...FLAT, properties: { time: null } },
      {},
      { event: 'e', properties: PROPERTIES },
    ],
  ])('maps %s', (_, record, fields, expected) => {
    expect(sentEvent(record, { fields })).toEqual(expected);
  });

  it.each<[string, object, object]>([
    ['$user_id', { ...FLAT, distinct_id: undefined, $user_id: 'x' }, { $user_id: 'x' }],
    ['$device_id', { ...FLAT, distinct_id: null, $device_id: 'x' }, { $device_id: 'x' }],
  ])('needs no distinct_id beside %s', (_, record, expected) => {
    const { properties } = sentEvent(record);
    expect(properties).toMatchObject(expected);
    expect(properties).not.toHaveProperty('distinct_id');
  });

  it.each([
    [9_007_199_254_740_993n, '"9007199254740993"'],
    [1_234_567_890_123_456_789n, '"1234567890123456789"'],
    [-5n, '"-5"'],
  ])('keeps every digit of the user %s', (id, expected) => {
    const text = `{"event":"e","time":1,"distinct_id":${id},"n":${id},"deep":[{"n":${id}}]}`;
    expect(sentText(text)).toContain(`"distinct_id":${expected}`);
    expect(sentText(text)).toContain(`"n":${id},"deep":[{"n":${id}}]`);
  });
});

describe('createEventMapper: a record whose properties are kept', () => {
  const RECIPE: RecipeInput = {
    fields: { time: { column: 'time' }, distinct_id: { column: 'session', keep: true } },
  };

  it('makes its id of the record as it stands, not as it is sent', () => {
    const record = { event: 'E', properties: { time: '2024-01-01T00:00:00Z', session: 's' } };
    expect(sentEvent(record, RECIPE)).toEqual({
      event: 'E',
      properties: {
        time: 1_704_067_200_000,
        session: 's',
        distinct_id: 's',
        $insert_id: contentInsertId(record),
      },
    });
  });

  it('adds what stands beside them, and leaves out what a field takes over', () => {
    const record = { event: 'E', properties: { time: 1_700_000_000, session: 's' }, plan: 'free' };
    expect(sentEvent(record, RECIPE).properties).toMatchObject({ plan: 'free', session: 's' });
    const moved = sentEvent(record, { fields: { distinct_id: { column: 'session' } } });
    expect(Object.keys(moved.properties)).not.toContain('session');
  });
});

describe('createEventMapper: rejections', () => {
  it.each<[string, unknown]>([
    ['INVALID_JSON', '{"event":'],
    ['INVALID_JSON', 'NaN'],
    ['INVALID_JSON', '{"a":1}{"b":2}'],
    ['INVALID_JSON', '\ufeff{}'],
    ['NOT_AN_OBJECT', '[{"event":"e"}]'],
    ['NOT_AN_OBJECT', 'null'],
    ['NOT_AN_OBJECT', '5'],
    ['NOT_AN_OBJECT', '12345678901234567890'],
    ['NOT_AN_OBJECT', '"text"'],
    ['INVALID_UTF8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['INVALID_UTF8', Buffer.from([0xed, 0xa0, 0x80])],
    ['EVENT_MISSING', {}],
    ['EVENT_MISSING', { ...FLAT, event: ' ' }],
    ['EVENT_MISSING', { ...FLAT, event: 5 }],
    ['TIME_MISSING', { ...FLAT, time: undefined }],
    ['TIME_MISSING', { ...FLAT, time: '' }],
    ['TIME_INVALID', { ...FLAT, time: 'yesterday' }],
    ['TIME_INVALID', { ...FLAT, time: true }],
    ['TIME_INVALID', `{"event":"e","distinct_id":"u","time":1234567890123456789}`],
    ['DISTINCT_ID_MISSING', { ...FLAT, distinct_id: undefined }],
    ['DISTINCT_ID_MISSING', { ...FLAT, distinct_id: null, $user_id: '' }],
    ['DISTINCT_ID_INVALID', { ...FLAT, distinct_id: { a: 1 } }],
    ['DISTINCT_ID_INVALID', { ...FLAT, distinct_id: false }],
  ])('rejects as %s: %s', (code, record) => {
    expect(rejectionOf(record)).toBe(code);
  });

  it('names the column and repeats nothing of the record', () => {
    const rejection = mapRecord(
      { what: 'secret', at: 'never' },
      {
        fields: { event: { column: 'what' }, time: { column: 'at' } },
      },
    );
    expect(rejection).toEqual({
      code: 'TIME_INVALID',
      message: 'The time is neither Unix seconds or milliseconds nor an ISO 8601 date (column "at").',
    });
  });

  it('rejects a record that was too long to be held', () => {
    const map = createEventMapper(parseRecipe({ tuning: { recordBytesMax: 2_000 } }), {
      uri: 'u',
      etag: 'e',
      offset: 0,
    });
    expect(map({ kind: 'oversized', offset: 0, nextOffset: 9, bytes: Buffer.from('{') })).toEqual({
      code: 'RECORD_TOO_LONG',
      message: 'The record is longer than 2000 bytes (tuning.recordBytesMax).',
    });
  });

  it('rejects a record that its format makes unreadable, for the reason it gives', () => {
    const map = createEventMapper(parseRecipe({}), { uri: 'u', etag: 'e', offset: 0 });
    const reason = { code: 'CSV_RAGGED_ROW', message: 'The row has 3 fields; there are 2 columns.' } as const;
    const bytes = Buffer.from('{"event":"e","time":1,"distinct_id":"u"}');
    expect(map({ kind: 'broken', offset: 0, nextOffset: 9, bytes, reason })).toEqual(reason);
  });

  it.each([
    ['lists', '['.repeat(200_000), ']'.repeat(200_000)],
    ['objects', '{"a":'.repeat(100_000), '1'.padEnd(20, '0') + '}'.repeat(100_000)],
  ])('rejects a record of %s nested without end', (_, open, close) => {
    expect(rejectionOf(`{"event":"e","time":1,"distinct_id":"u","x":${open}${close}}`)).toBe(
      'NESTED_TOO_DEEP',
    );
  });
});
