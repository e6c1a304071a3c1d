import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonRecord } from '../../lib/transform/parse-json.ts';

const again = (text: string): string => JSON.stringify(parseJsonRecord(Buffer.from(text)));

describe('parseJsonRecord', () => {
  it.each([
    '{"n":9007199254740993}',
    '{"n":-1234567890123456789}',
    '{"n":12345678901234567890.125}',
    '{"n":1e400}',
    '{"n":[1E-400,{"m":123456789012345678901234567890}]}',
    '{"n":1.5,"m":-2,"o":9007199254740991}',
    '{"s":"\\ud800","t":"1234567890123456789"}',
  ])('keeps the digits of %s', (text) => {
    expect(again(text)).toBe(text);
  });

  it('keeps any integer', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (n) => {
        expect(again(`{"n":${n},"list":[${n}]}`)).toBe(`{"n":${n},"list":[${n}]}`);
      }),
    );
  });

  it('reads what JSON writes', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(again(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['{"secret" 5}', ' at character 10'],
    ['{"secret":1', ' at character 11'],
    ['{"secret at position 7": tru}', ''],
  ])('says where %s breaks if that is known, and repeats nothing of it', (text, where) => {
    expect(parseJsonRecord(Buffer.from(text))).toEqual({
      code: 'INVALID_JSON',
      message: `The record is not valid JSON${where}.`,
    });
  });

  it.each([
    ['null', 'null'],
    ['[]', 'an array'],
    ['5', 'a number'],
    ['"x"', 'a string'],
    ['true', 'a boolean'],
    ['12345678901234567890', 'a number'],
  ])('says that %s is %s', (text, name) => {
    expect(parseJsonRecord(Buffer.from(text))).toEqual({
      code: 'NOT_AN_OBJECT',
      message: `The record is ${name}, not a JSON object.`,
    });
  });
});
