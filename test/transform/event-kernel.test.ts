import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { assembleKernel } from '../../build/kernel.ts';
import { type EventKernel, startEventKernel } from '../../lib/transform/event-kernel.ts';
import {
  HEAD_CELLS,
  MEMBER_CELLS,
  MEMBERS_MAX,
  scanMembers,
  TABLE_CELLS,
} from '../../lib/transform/scan-members.ts';
import { isWholeEvent } from '../../lib/transform/whole-event.ts';

const MiB = 1024 * 1024;
const WHOLE = '"time":1700000000,"distinct_id":"u","$insert_id":"e-1"';
const event = (properties: string): string => `{"event":"E","properties":{${properties}}}`;
const SAMPLES = [
  event(WHOLE),
  event(
    `${WHOLE},"a":[1,-2.5e+3,true,false,null,{},[],{"b":[[{"c":"d"}]]}],"text":"a\\n\\"\\u00e9\\\\é漢 long enough"`,
  ),
  ` { "event" : "E" ,\t"properties" : { "a" : [ 1 , { } , [ ] ] ,\r\n ${WHOLE} } }`,
  `{"properties":{"$device_id":"d","$insert_id":"00000000-0000-0000-0000-000000000001","time":-1},"event":"x"}`,
  event('"time":123456789012345,"$user_id":"u","$insert_id":"Anonymou"'),
];

let kernel: EventKernel;
const table = new Int32Array(TABLE_CELLS);
/** How many members were found last. */
let scanned = 0;

beforeAll(async () => {
  kernel = startEventKernel(await assembleKernel());
});

/** What both say of the event and of its members, which must be the same. @returns what they say of the event */
const ask = (bytes: Buffer, start = 0, end = bytes.length): boolean => {
  const look = kernel(bytes)!;
  const seen = look.isWhole(start, end);
  demandEqual([seen], [isWholeEvent(bytes, start, end)], bytes.toString('latin1', start, end));
  scanned = look.scan(start, end);
  const count = scanMembers(bytes, start, end, table);
  const cells = count === 0 ? 0 : HEAD_CELLS + count * MEMBER_CELLS;
  demandEqual(
    [scanned, ...look.members.subarray(0, cells)],
    [count, ...table.subarray(0, cells)],
    bytes.toString('latin1', start, end),
  );
  return seen;
};

const demandEqual = (seen: readonly unknown[], expected: readonly unknown[], text: string): void => {
  if (seen.length !== expected.length || seen.some((each, index) => each !== expected[index]))
    throw new Error(`${seen}, not ${expected}: ${text}`);
};

const askText = (text: string): boolean => ask(Buffer.from(text));

/** How many members both find. */
const countIn = (text: string): number => {
  askText(text);
  return scanned;
};

const LEFTOVER = Buffer.alloc(4096, SAMPLES[1]!);

describe('the kernel says what isWholeEvent and scanMembers say', () => {
  it('of events, and of each beginning of one', () => {
    for (const sample of SAMPLES) {
      expect(askText(sample)).toBe(true);
      for (let length = 0; length < sample.length; length++)
        expect(askText(sample.slice(0, length))).toBe(false);
    }
  });

  it('of events with any byte replaced by any other, taken out or doubled', () => {
    let whole = 0;
    for (const sample of SAMPLES.map((text) => Buffer.from(text))) {
      for (let at = 0; at < sample.length; at++) {
        const [before, behind] = [sample.subarray(0, at), sample.subarray(at + 1)];
        for (let byte = 0; byte < 256; byte++)
          whole += Number(ask(Buffer.concat([before, Buffer.of(byte), behind])));
        ask(Buffer.concat([before, behind]));
        ask(Buffer.concat([before, sample.subarray(at)]));
        ask(Buffer.concat([before, sample.subarray(at, at + 1), sample.subarray(at)]));
      }
    }
    expect(whole).toBeGreaterThan(10_000);
  });

  it('of strings, keys and numbers of every length around those that are compared at once', () => {
    for (let length = 0; length <= 70; length++) {
      for (const stop of [
        '',
        '\\n',
        '\\u00e9',
        '\\u00e',
        '\\x',
        '\\',
        '\u0001',
        '\u001f',
        '\u007f',
        '"',
        'é',
      ]) {
        askText(event(`${WHOLE},"a":"${'x'.repeat(length)}${stop}"`));
        askText(event(`${WHOLE},"a":"${'x'.repeat(length)}${stop}yy"`));
        askText(event(`${WHOLE},"${'x'.repeat(length)}${stop}":1`));
        askText(event(`${WHOLE},"a":{"${'x'.repeat(length)}${stop}":1}`));
        askText(`{"event":"${'x'.repeat(length)}${stop}","properties":{${WHOLE}}}`);
      }
      expect(askText(event(`${WHOLE},"a":"${'x'.repeat(length)}"`))).toBe(true);
      expect(askText(event(`${WHOLE},"a":1${'2'.repeat(length)}`))).toBe(true);
      for (const rest of ['.5', '.', '.5e5', 'e5', 'e+5', 'E-55', 'e', 'e+', '.e5', '-', '+', 'x'])
        for (const first of ['0', '-0', '00', '-', '+', '7', ''])
          askText(event(`${WHOLE},"a":${first}${'1'.repeat(length)}${rest}`));
      expect(askText(event(`"distinct_id":"","$insert_id":"e","time":${'1'.repeat(length)}`))).toBe(
        length > 0 && length <= 16,
      );
      askText(event(`"distinct_id":"","$insert_id":"e","time":-${'1'.repeat(length)}`));
    }
  });

  it('of ids of every length, legal, banned and nearly so', () => {
    const withId = (id: string): boolean => askText(event(`"time":1,"distinct_id":"u","$insert_id":"${id}"`));
    for (let length = 0; length <= 50; length++) {
      expect(withId('aZ09-'.repeat(10).slice(0, length))).toBe(length > 0 && length <= 36);
      for (const other of ['_', ' ', '@', '[', '`', '{', '/', ':', '.', '\\n', 'é'])
        expect(withId('a'.repeat(length) + other)).toBe(false);
    }
    const banned =
      '00000000-0000-0000-0000-000000000000 anon anonymous nil none null na undefined unknown 0 -1 true false';
    for (const word of banned.split(' ')) {
      expect([word, word.toUpperCase()].map(withId)).toEqual([false, false]);
      expect([`${word.slice(1)}x`, `x${word.slice(1)}`].map(withId)).toEqual([true, true]);
    }
  });

  it('of members that are missing, others or twice', () => {
    const members = ['"event":"E"', `"properties":{${WHOLE}}`, '"event":7', '"properties":{}', '"other":1'];
    expect(askText('{}')).toBe(false);
    for (const first of members) {
      expect(askText(`{${first}}`)).toBe(false);
      for (const second of members) {
        askText(`{${first},${second}}`);
        for (const third of members) expect(askText(`{${first},${second},${third}}`)).toBe(false);
      }
    }
  });

  it('of identities and fields that are missing, empty, twice or no strings', () => {
    const values = ['"u"', '""', 'null', '7', '-0', '{}', '["u"]', 'true', ' "u" ', '"\\u0041"'];
    const names = ['time', '$insert_id', 'distinct_id', '$user_id', '$device_id', '$other_id', 'distinct_ie'];
    for (const name of names)
      for (const value of values)
        for (const rest of [
          '"time":1,"$insert_id":"e"',
          '"time":1',
          '"$insert_id":"e","distinct_id":"u"',
          WHOLE,
        ])
          for (const text of [`"${name}":${value},${rest}`, `${rest},"${name}" :${value}`])
            askText(event(text));
  });

  it('of what is nested, down to the depth that is left to a parser', () => {
    for (const depth of [1, 15, 63, 64, 65, 66, 130]) {
      for (const [open, close] of [
        ['[', ']'],
        ['{"a":', '}'],
        ['[{"a":', '}]'],
        ['{"a":[', ']}'],
      ] as const) {
        for (const inner of ['', '1', '[', ']', '{}', '[],[]', '"a":1', '"a":1,', '1,', ',1', '1 2'])
          askText(event(`${WHOLE},"a":${open.repeat(depth)}${inner}${close.repeat(depth)}`));
        askText(event(`${WHOLE},"a":${open.repeat(depth)}1${close.repeat(depth - 1)}`));
        askText(event(`${WHOLE},"a":${open.repeat(depth)}1${close.repeat(depth + 1)}`));
      }
      expect(askText(event(`${WHOLE},"a":${'['.repeat(depth)}${']'.repeat(depth)}`))).toBe(depth <= 64);
    }
  });

  it('of properties of any kind, edited at random', () => {
    const value = fc.jsonValue({ maxDepth: 4 }).map((of) => JSON.stringify(of));
    const usual = fc.constantFrom(
      '1700000000',
      '"u"',
      '"e-1"',
      '"nil"',
      '""',
      'null',
      '-0',
      '1e21',
      ' [ ] ',
      '"\\u00e9"',
    );
    const key = fc.constantFrom(
      'time',
      'distinct_id',
      '$insert_id',
      '$user_id',
      '$device_id',
      'other',
      'tim\\u0065',
      '',
    );
    const property = fc.tuple(key, fc.oneof(usual, value)).map(([name, of]) => `"${name}":${of}`);
    const put = fc.constantFrom(
      '',
      '"',
      '\\',
      ',',
      '}',
      '{',
      ']',
      '[',
      ' ',
      '\n',
      '0',
      'e',
      '.',
      '-',
      ':',
      '\u0000',
      'é',
    );
    const edit = fc.record({ at: fc.nat(400), drop: fc.nat(3), put });
    let whole = 0;
    fc.assert(
      fc.property(fc.array(property, { maxLength: 5 }), fc.array(edit, { maxLength: 2 }), (others, edits) => {
        let text = event([WHOLE, ...others].join(','));
        for (const { at, drop, put } of edits) text = text.slice(0, at) + put + text.slice(at + drop);
        whole += Number(askText(text));
      }),
      { seed: 20_261_123, numRuns: 10_000 },
    );
    expect(whole).toBeGreaterThan(1_000);
  });
});

describe('the kernel finds the members that scanMembers finds', () => {
  it('of records, their properties, and nothing deeper', () => {
    expect(countIn('{"a":1, "b" : [ 1 , 2 ] }')).toBe(2);
    expect(countIn('{"properties":{"a":{"b":1},"properties":{"c":1}},"z":1}')).toBe(4);
    expect([...table.subarray(0, 2)]).toEqual([1, 3]);
    expect(countIn('{"properties":{}}')).toBe(1);
    expect([...table.subarray(0, 2)]).toEqual([1, 1]);
    expect(countIn('{"properties":[{"a":1}],"Properties":{"a":1},"propertiex":{}}')).toBe(3);
    expect([...table.subarray(0, 2)]).toEqual([0, 0]);
  });

  it('of none where a parser has to look', () => {
    for (const text of [
      '{}',
      '[]',
      '{"a":1',
      '{"a":1,}',
      '{"a":1}}',
      '{"a" 1}',
      '{"\\u0061":1}',
      '{"a":nul}',
    ])
      expect(countIn(text)).toBe(0);
    expect(countIn('{"properties":{"\\n":1}}')).toBe(0);
    expect(countIn('{"properties":{},"properties":{}}')).toBe(0);
    expect(countIn('{"properties":{},"properties":1}')).toBe(2);
  });

  it('of so many, and no more', () => {
    const members = (count: number): string =>
      Array.from({ length: count }, (_, i) => `"${i}":${i}`).join(',');
    for (const count of [1, 2, MEMBERS_MAX - 1, MEMBERS_MAX])
      expect(countIn(`{${members(count)}}`)).toBe(count);
    expect(countIn(`{${members(MEMBERS_MAX + 1)}}`)).toBe(0);
    expect(countIn(`{"properties":{${members(MEMBERS_MAX - 1)}}}`)).toBe(MEMBERS_MAX);
    expect(countIn(`{"properties":{${members(MEMBERS_MAX - 1)}},"z":1}`)).toBe(0);
  });
});

describe('the memory of the kernel', () => {
  it('is asked of one record among others, whatever stands before and behind it', () => {
    const lines = [...SAMPLES, '{"event":"E","properties":{"a":"}', '{"x":1}', '{}'].map((text) =>
      text.replaceAll('\n', ''),
    );
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    const starts = [0];
    for (let at = bytes.indexOf('\n'); at >= 0; at = bytes.indexOf('\n', at + 1)) starts.push(at + 1);
    for (const start of starts) for (const end of starts) if (end > start) ask(bytes, start, end - 1);
    expect(
      lines.map((_, index) => ask(bytes, starts[index]!, starts[index + 1]! - 1)).filter(Boolean),
    ).toHaveLength(5);
  });

  it('says nothing of what an earlier piece left behind', () => {
    for (const sample of SAMPLES.map((text) => Buffer.from(text))) {
      for (let length = 0; length <= sample.length; length++) {
        const bytes = sample.subarray(0, length);
        expect(kernel(LEFTOVER)).toBeDefined();
        kernel(sample);
        expect(ask(bytes)).toBe(length === sample.length);
      }
    }
  });

  it('takes as much as fits, up to its last byte, and no more', () => {
    for (const piece of ['x', '\\n', '1', ' ', '"', '[']) {
      const bytes = Buffer.alloc(MiB, piece);
      bytes.write(event(`${WHOLE},"a":"`).slice(0, -2));
      expect(ask(bytes)).toBe(false);
    }
    for (let bytesBehind = 0; bytesBehind < 40; bytesBehind++) {
      const text = event(`${WHOLE},"a":"${'x'.repeat(bytesBehind)}"`);
      const bytes = Buffer.alloc(MiB, ' ');
      bytes.write(text, MiB - text.length);
      expect(ask(bytes, MiB - text.length)).toBe(true);
    }
    expect(kernel(Buffer.alloc(MiB + 1, ' '))).toBeUndefined();
    expect(askText(SAMPLES[0]!)).toBe(true);
  });
});
