import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRecipe } from '../../../lib/recipe/parse.ts';
import type { RecipeInput } from '../../../lib/recipe/schema.ts';
import { createEventMapper, type RecordOrigin } from '../../../lib/transform/event.ts';
import { isObject, parseJsonRecord } from '../../../lib/transform/parse-json.ts';
import { lookAt } from '../../../lib/transform/record-look.ts';
import { isRejection } from '../../../lib/transform/rejection.ts';
import { createSplicer } from '../../../lib/transform/splice/splicer.ts';
import { recipes, records } from '../event-records.ts';

const ORIGIN: RecordOrigin = { uri: 's3://inbox/a.jsonl', etag: 'e1', offset: 1_000 };
const OFFSET = 70;

type Splice = (text: string) => string | undefined;

/** Gives the line that is spliced, without its line feed, or undefined where a parser has to look. */
const splicing = (input: RecipeInput = {}): Splice => {
  const splice = createSplicer(parseRecipe(input), ORIGIN);
  return (text) => {
    const bytes = Buffer.from(text);
    const line = splice?.({ bytes, look: lookAt(bytes) }, { start: 0, end: bytes.length, offset: OFFSET });
    const written = line?.bytes.toString('utf8', line.start, line.end);
    expect(written?.at(-1) ?? '\n').toBe('\n');
    return written?.slice(0, -1);
  };
};

const spliced = (text: string, input?: RecipeInput): string | undefined => splicing(input)(text);

/** What a parser makes of it. */
const parsed = (text: string, input: RecipeInput = {}): string => {
  const bytes = Buffer.from(text);
  const record = { kind: 'record', offset: OFFSET, nextOffset: OFFSET + bytes.length + 1, bytes } as const;
  const event = createEventMapper(parseRecipe(input), ORIGIN)(record, true);
  return isRejection(event) ? event.code : event.body.toString();
};

/** JSON with sorted keys and every digit. */
const sorted = (json: string): string => JSON.stringify(sortedKeys(parseJsonRecord(Buffer.from(json))));

const sortedKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (!isObject(value)) return value;
  return Object.keys(value)
    .sort()
    .map((key) => [key, sortedKeys(value[key])]);
};

/** Both, which must say the same. */
const same = (text: string, input: RecipeInput = {}, splice = splicing(input)): string | undefined => {
  const line = splice(text);
  if (line !== undefined && sorted(line) !== sorted(parsed(text, input)))
    throw new Error(`${line} for ${text} by ${JSON.stringify(input)}, not ${parsed(text, input)}`);
  return line;
};

const WHOLE = '"time":1700000000,"distinct_id":"u","$insert_id":"e-1"';
const FROM_SESSION: RecipeInput = { fields: { distinct_id: { column: 'session', keep: true } } };

describe('a line that is spliced', () => {
  it('is not made where a whole event passes, but its name is to be kept', () => {
    const recipe: RecipeInput = { fields: { event: { column: 'event', keep: true } } };
    expect(spliced(`{"event":"É","properties":{${WHOLE}}}`, recipe)).toBeUndefined();
    expect(parsed(`{"event":"É","properties":{${WHOLE}}}`, recipe)).not.toContain('"properties":{"event"');
    expect(parsed('{"event":"E","time":1,"distinct_id":"u"}', recipe)).toContain('"properties":{"event":"E"');
  });

  it('has the fields in the place of those that the record had', () => {
    expect(spliced(`{"event":"E","properties":{${WHOLE},"session":"s","a":[1, 2]}}`, FROM_SESSION)).toBe(
      '{"event":"E","properties":{"time":1700000000,"$insert_id":"e-1","session":"s","a":[1, 2],"distinct_id":"s"}}',
    );
  });

  it('keeps the bytes of all else', () => {
    const rest = '"big":123456789012345678901234567890,"text":"\\u00e9\\ud800é漢","tiny":1e-400,"list":[ ]';
    expect(same(`{"event":"E","properties":{${rest},"session":"s",${WHOLE}}}`, FROM_SESSION)).toContain(rest);
  });

  it('makes properties of the columns of a record without them', () => {
    const recipe: RecipeInput = {
      fields: {
        event: { column: 'name' },
        time: { column: 'at' },
        distinct_id: { column: 'user' },
        $insert_id: { column: 'id' },
      },
    };
    expect(spliced('{"name":"E","at":"2023-11-14T22:13:20Z","user":7,"a":1,"id":"x","b":{}}', recipe)).toBe(
      '{"event":"E","properties":{"a":1,"b":{},"time":1700000000000,"distinct_id":"7","$insert_id":"x"}}',
    );
    expect(spliced('{"name":"E","at":1,"user":"u","id":"x"}', recipe)).toBe(
      '{"event":"E","properties":{"time":1,"distinct_id":"u","$insert_id":"x"}}',
    );
  });

  it('adds the columns of the record to its properties, unless they have the same', () => {
    const line = (outer: string): string =>
      `{"event":"E",${outer},"properties":{"session":"s",${WHOLE}},"z":1}`;
    expect(same(line('"a":1,"b":2'), FROM_SESSION)).toContain('{"a":1,"b":2,"session":"s",');
    expect(same(line('"session":"t"'), FROM_SESSION)).toBeUndefined();
  });

  it('is given an id by its place or its content', () => {
    const record =
      '{"event":"E","properties":{"b":[1,{"z":"\\u0041","y":-0}], "time":1,"distinct_id":"u","a":1.50}}';
    for (const insertId of ['position', 'content'] as const)
      expect(same(record, { insertId })).toMatch(/"\$insert_id":"[0-9a-f]{36}"/);
  });

  it('needs no distinct_id where a device is known', () => {
    const record = '{"event":"E","properties":{"time":1,"$device_id":"d","id":"i","distinct_id":null}}';
    expect(same(record, { fields: { $insert_id: { column: 'id' } } })).toBe(
      '{"event":"E","properties":{"time":1,"$device_id":"d","$insert_id":"i"}}',
    );
  });
});

describe('the id of the content of a line that is spliced', () => {
  const idOf = (properties: string): string | undefined =>
    same(`{"event":"E","properties":{"time":1,"distinct_id":"u",${properties}}}`);

  it.each([
    '"n":[0.1,0.05,0.0000001,-0.5,100.50,-0,0,-7,1e3,0.30000000000000004]',
    '"a":0.1,"b":0.05,"c":0.0000001,"d":-0.5,"e":100.50,"f":-0,"g":0,"h":-7,"i":1e3,"j":1.0,"k":-0.0',
    '"a":1234567890.12345,"b":123456789.123456,"c":12345678901234567,"d":0.30000000000000004',
    '"a":true,"b":false,"c":null,"d":{},"e":[],"f":{"b":1,"a":[ ]}',
    '"b":"\\/","a":"\\u0041","é":"é","ab":"","":"","10":1,"9":2,"__proto__":3',
  ])('is that of the parser: %s', (properties) => {
    expect(idOf(properties)).toMatch(/"\$insert_id":"[0-9a-f]{36}"/);
  });

  it('is left to the parser where a key comes twice or may be sorted otherwise', () => {
    expect(idOf('"a":1,"a":2')).toBeUndefined();
    expect(idOf('"\uffee":1,"\u{1f600}":2')).toBeUndefined();
    expect(idOf('"\u{1f600}":2,"\u0411":1')).toBeDefined();
  });
});

describe('splicing leaves to the parser', () => {
  it.each([
    ['what is no JSON', `{"event":"E","properties":{${WHOLE},"a":tru}}`],
    ['what is no object', '[1]'],
    ['an escaped key', `{"event":"E","properties":{${WHOLE},"\\u0061":1}}`],
    ['a field that comes twice', `{"event":"E","properties":{${WHOLE},"time":2}}`],
    ['two objects of properties', `{"event":"E","properties":{${WHOLE}},"properties":{}}`],
    ['an event without a name', `{"event":" ","properties":{${WHOLE}}}`],
    ['an event without a time', '{"event":"E","properties":{"distinct_id":"u","$insert_id":"e-1"}}'],
    [
      'a time that is none',
      '{"event":"E","properties":{"time":"soon","distinct_id":"u","$insert_id":"e-1"}}',
    ],
    ['an identity that is none', '{"event":"E","properties":{"time":1,"distinct_id":[],"$insert_id":"e-1"}}'],
    ['an identity that is missing', '{"event":"E","properties":{"time":1,"$insert_id":"e-1"}}'],
    ['an id in odd digits', '{"event":"E","properties":{"time":1,"distinct_id":"u","$insert_id":1e3}}'],
  ])('%s', (_, record) => {
    expect(spliced(record, { insertId: 'position' })).toBeUndefined();
  });

  it('an identity in a column that a field has taken', () => {
    const record = '{"event":"E","properties":{"$device_id":"2023-11-14","$insert_id":"i"}}';
    const withTime = (keep: boolean): RecipeInput => ({ fields: { time: { column: '$device_id', keep } } });
    expect(same(record, withTime(true))).toBeDefined();
    expect(same(record, withTime(false))).toBeUndefined();
  });

  it('records of more members than it notes', () => {
    const record = (members: number): string =>
      `{"event":"E","properties":{${WHOLE}${Array.from({ length: members }, (_, i) => `,"m${i}":1`).join('')}}}`;
    expect(same(record(507))).toBeDefined();
    expect(same(record(508))).toBeUndefined();
  });

  it('every record, where a constant is wrong for all of them, or a column can be no key', () => {
    const record = `{"event":"E","properties":{${WHOLE},"\ufffd":1}}`;
    expect(spliced(record, { fields: { event: { constant: ' ' } } })).toBeUndefined();
    expect(spliced(record, { fields: { time: { constant: 'soon' } } })).toBeUndefined();
    expect(spliced(record, { fields: { time: { column: '\ud800' } } })).toBeUndefined();
  });
});

describe('splicing and parsing', () => {
  it('say the same of records of all kinds, by recipes of all kinds', () => {
    let count = 0;
    fc.assert(
      fc.property(fc.array(records, { minLength: 1, maxLength: 4 }), recipes, (texts, input) => {
        const splice = splicing(input);
        for (const text of [...texts, texts[0]!]) count += Number(same(text, input, splice) !== undefined);
      }),
      { seed: 20_261_124, numRuns: 4_000 },
    );
    expect(count).toBeGreaterThan(3_000);
  });
});
