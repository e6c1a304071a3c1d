import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { parseJsonRecord } from '../../lib/transform/parse-json.ts';

const again = (text: string): string => JSON.stringify(parseJsonRecord(Buffer.from(text)));

/** A number as its digits and a power of ten, the same for all its spellings. */
const exact = (text: string): string => {
  const [, whole = '', fraction = '', exponent = '0'] = /^(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)!;
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return significant === '' ? '0' : `${significant}e${power}`;
};

describe('parseJsonRecord', () => {
  it.each([
    '{"n":9007199254740993}',
    '{"n":-1234567890123456789}',
    '{"n":12345678901234567890.125}',
    '{"n":12345678.1234567891}',
    '{"n":0.123456789012345678901234567890}',
    '{"n":-0.5e-400}',
    '{"n":1e400}',
    '{"list":[9007199254740993]}',
    '{"list":[1,1e400]}',
    '{"list":[9007199254740993,1e400,-1e400,[9007199254740993]]}',
    '{"n":[1E-400,{"m":123456789012345678901234567890}]}',
    '{"n":1.5,"m":-2,"o":9007199254740991}',
    '{"s":"\\ud800","t":"1234567890123456789"}',
  ])('keeps the digits of %s', (text) => {
    expect(again(text)).toBe(text);
  });

  it.each([' ', '\t', '\r\n', ' \n \t'])('keeps digits that stand behind %j', (space) => {
    const text = `{"n":${space}9007199254740993,"list":[${space}1e400,${space}-1234567890123456789]}`;
    expect(again(text)).toBe('{"n":9007199254740993,"list":[1e400,-1234567890123456789]}');
  });

  it('reads -0 as zero, and numbers that a double holds as such', () => {
    const text = '{"n":-0,"m":1.50,"o":-0.0,"list":[-0,12345678.1250]}';
    expect(parseJsonRecord(Buffer.from(text))).toEqual({ n: -0, m: 1.5, o: -0, list: [-0, 12345678.125] });
  });

  it.each([
    ['{"id":"5e9f8a1e5","at":"2026-01-02T03:04:05","list":["1e5","1234567890123456789"]}', 1],
    ['{"id":"5e9f8a1e5","n":1e5}', 2],
    ['{"id":"5e9f8a1e5","list":[1234567890123456789]}', 2],
  ])('looks at the digits of %s only where a number asks for it', (text, parameters) => {
    const parse = vi.spyOn(JSON, 'parse');
    parseJsonRecord(Buffer.from(text));
    const [call] = parse.mock.calls;
    parse.mockRestore();
    expect(call).toHaveLength(parameters);
  });

  it('keeps any integer', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (n) => {
        expect(again(`{"n":${n},"list":[${n}]}`)).toBe(`{"n":${n},"list":[${n}]}`);
      }),
    );
  });

  it('keeps any number, wherever it stands', () => {
    const digits = fc.stringMatching(/^(0|[1-9]\d{0,24})(\.\d{1,24})?([eE][+-]?\d{1,3})?$/);
    fc.assert(
      fc.property(digits, fc.constantFrom('', ' ', '\n'), (n, space) => {
        const { list } = parseJsonRecord(
          Buffer.from(`{"list":[${space}${n} ,${space}{"n" :${space}${n}}]}`),
        ) as {
          list: [unknown, { n: unknown }];
        };
        for (const value of [list[0], list[1].n]) {
          const kept = JSON.isRawJSON(value) ? value.rawJSON : String(value);
          expect(exact(kept)).toBe(exact(n));
        }
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
    [' 9007199254740993', 'a number'],
    ['1e400', 'a number'],
    ['-0', 'a number'],
  ])('says that %s is %s', (text, name) => {
    expect(parseJsonRecord(Buffer.from(text))).toEqual({
      code: 'NOT_AN_OBJECT',
      message: `The record is ${name}, not a JSON object.`,
    });
  });
});
