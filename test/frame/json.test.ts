import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameError } from '../../lib/frame/frame-error.ts';
import { json } from '../../lib/frame/json.ts';
import type { FramedRecord } from '../../lib/frame/record.ts';
import { memorySource } from '../../lib/read/memory.ts';
import { damage, damaged } from './damage.ts';
import {
  cutFile,
  type FramingOptions,
  formatOptions,
  frameFile,
  frameInChunks,
  lengthsOf,
  type PlainRecord,
  unaccounted,
} from './framing.ts';
import { jsonFile } from './json-file.ts';

const frame = (text: string, options: FramingOptions = {}): Promise<PlainRecord[]> =>
  frameFile(json, Buffer.from(text), options);

const shown = ({ kind, text }: PlainRecord): string => (kind === 'record' ? text : `${kind}: ${text}`);

const framed = async (text: string, options: FramingOptions = {}): Promise<string[]> =>
  (await frame(text, options)).map(shown);

describe('json: what a record is', () => {
  it.each<[string, string, string[]]>([
    ['nothing', '', []],
    ['blanks', ' \n\t\r\n', []],
    ['nothing but a byte order mark', '\ufeff', []],
    ['an empty array', ' [ ] ', []],
    ['an array', '[{"a":1},{"b":2}]', ['{"a":1}', '{"b":2}']],
    ['an array behind a byte order mark', '\ufeff[{"a":1}]', ['{"a":1}']],
    ['an array over lines', '[\n{"a":1}\n,\r\n{"b":2}\n]\n', ['{"a":1}', '{"b":2}']],
    ['arrays one behind another', '[{"a":1}]\n[{"b":2}][]\n', ['{"a":1}', '{"b":2}']],
    ['objects without anything between', '{"a":1}{"b":2}', ['{"a":1}', '{"b":2}']],
    ['objects with commas between', '{"a":1},\n{"b":2},\n', ['{"a":1}', '{"b":2}']],
    ['a JSON text sequence', '\x1e{"a":1}\n\x1e{"b":2}\n', ['{"a":1}', '{"b":2}']],
    ['one object', '{"a":[{"b":[]}]}', ['{"a":[{"b":[]}]}']],
    ['a pretty-printed object', '{\n  "a": [\r\n    1\n  ]\n}\n', ['{   "a": [      1   ] }']],
    [
      'elements that are no objects',
      '[1, "a]", [2], true, null, -1.5e3]',
      ['1', '"a]"', '[2]', 'true', 'null', '-1.5e3'],
    ],
    ['values that are no objects', '1 "a" true [2]', ['1', '"a"', 'true', '[2]']],
    [
      'brackets and quotes inside strings',
      '[{"a":"]}\\"]{"},{"b":"\\\\"}]',
      ['{"a":"]}\\"]{"}', '{"b":"\\\\"}'],
    ],
    ['a double comma', '[{"a":1},,{"b":2},]', ['{"a":1}', '{"b":2}']],
  ])('reads %s', async (_, text, expected) => {
    expect(await framed(text)).toEqual(expected);
  });

  it.each([
    ['digits beyond a double', '{"id":1234567890123456789,"n":0.10000000000000000001}'],
    ['escapes', '{"a":"\\u00e9\\n\\ud83d\\ude00\\/"}'],
    ['lone surrogates', '{"a":"\\ud800","\\udfff":1}'],
    ['duplicate keys', '{"a":1,"a":2}'],
    ['__proto__', '{"__proto__":{"x":1}}'],
    ['characters of several bytes', '{"é":"漢😀"}'],
    ['nothing that is JSON inside', '{this is not checked here}'],
  ])('leaves a record as it is, with %s', async (_, record) => {
    expect(await framed(`[${record},${record}]`)).toEqual([record, record]);
    expect(await framed(`${record}${record}`)).toEqual([record, record]);
  });

  it('keeps a line end inside a string, where it is no JSON', async () => {
    expect(await framed('[{\n"a":"x\ny"\n}]')).toEqual(['{ "a":"x\ny" }']);
  });

  it('counts depth without recursion', async () => {
    const record = `${'{"a":['.repeat(10_000)}1${']}'.repeat(10_000)}`;
    expect(await framed(`[${record},{}]`, { recordBytesMax: 1_000_000 })).toEqual([record, '{}']);
  });

  it('calls a record over the limit oversized, keeps its beginning, and goes on behind it', async () => {
    const long = `{"a":"${'x'.repeat(5_000)}"}`;
    const records = await frame(`[{"a":1},${long},{"b":2}]`);
    expect(records.map(({ kind }) => kind)).toEqual(['record', 'oversized', 'record']);
    expect(records[1]).toMatchObject({ offset: 9, nextOffset: 9 + long.length, text: long.slice(0, 30) });
  });

  it('says where each record begins and where reading would go on', async () => {
    expect(await frame(' [ {"a":1} , 2,{"b":\n2}]')).toMatchObject([
      { offset: 3, nextOffset: 10 },
      { offset: 13, nextOffset: 14 },
      { offset: 15, nextOffset: 23 },
    ]);
  });
});

describe('json: what is no record', () => {
  it.each<[string, string, string[]]>([
    [
      'between elements',
      '[{"a":1}, oops {"b":2}, 007]',
      ['{"a":1}', 'broken: JSON_GARBAGE', '{"b":2}', 'broken: JSON_GARBAGE'],
    ],
    ['between objects', '{"a":1}}] {"b":2}', ['{"a":1}', 'broken: JSON_GARBAGE', '{"b":2}']],
    ['a bracket that closes nothing', '{"a":1} ] {"b":2}', ['{"a":1}', 'broken: JSON_GARBAGE', '{"b":2}']],
    ['behind the array', '[{"a":1}] {"b":2} 3', ['{"a":1}', 'broken: JSON_GARBAGE']],
    ['between two arrays', '[{"a":1}] {"b":[2]} [{"c":3}]', ['{"a":1}', 'broken: JSON_GARBAGE', '{"c":3}']],
    ['an array that stays open', '[{"a":1}', ['{"a":1}', 'broken: JSON_UNCLOSED']],
    ['an array that stays open behind a comma', '[{"a":1},\n', ['{"a":1}', 'broken: JSON_UNCLOSED']],
    ['an array of nothing that stays open', '[', ['broken: JSON_UNCLOSED']],
    ['an element that stays open', '[{"a":1},{"b":[2', ['{"a":1}', 'broken: JSON_UNCLOSED']],
    ['a number at which the file ends', '[1,2', ['1', 'broken: JSON_UNCLOSED']],
    ['a string that stays open', '{"a":1}{"b":"c}{"d":1}', ['{"a":1}', 'broken: JSON_UNCLOSED']],
    ['a string that ends with a backslash', '["a\\', ['broken: JSON_UNCLOSED']],
  ])('tells of %s', async (_, text, expected) => {
    expect(await framed(text)).toEqual(expected);
  });

  it('keeps the beginning of what is unfinished, and says what it is', async () => {
    const file = Buffer.from(`[{"a":"${'x'.repeat(2_993)}`);
    const [record] = await groupsOf(file);
    expect(record).toMatchObject({
      kind: 'broken',
      offset: 1,
      nextOffset: 3_000,
      bytes: file.subarray(1, 1_025),
      reason: { message: 'The file ends before the record that begins here is closed.' },
    });
  });

  it('does not say what a token that is no JSON holds', async () => {
    const [record] = await groupsOf(Buffer.from('[secret]'));
    expect(record).toMatchObject({
      bytes: Buffer.from('secret'),
      reason: { message: 'Between two records stand 6 bytes that are no JSON.' },
    });
  });

  it('does not miss the end of a file in a chunk that is not the last', async () => {
    expect(
      await framed('{"a":1},', { startsFile: false, endsFile: false, header: { shape: 'array' } }),
    ).toEqual(['{"a":1}']);
  });
});

const groupsOf = async (file: Buffer): Promise<FramedRecord[]> => {
  const records: FramedRecord[] = [];
  const groups = json.frame(memorySource(file), {
    range: { start: 0, end: file.length },
    borders: 'records',
    startsFile: true,
    endsFile: true,
    recordBytesMax: 10_000,
    ...formatOptions({}),
  });
  for await (const group of groups) records.push(...group);
  return records;
};

describe('json: records at a path', () => {
  const recordsPath = 'data.events';

  it.each<[string, string, string[]]>([
    [
      'what stands around it',
      '{"a":[{"x":1}],"data":{"n":{},"events":[{"a":1}],"z":[2]},"b":[3]}',
      ['{"a":1}'],
    ],
    ['escaped keys', '{"d\\u0061ta":{"\\u0065vents":[{"a":1}]}}', ['{"a":1}']],
    [
      'the same keys in other places',
      '{"events":[1],"x":{"data":{"events":[2]}},"data":{"events":[{"a":1}]}}',
      ['{"a":1}'],
    ],
    [
      'the same names as values',
      '{"a":"data","data":{"b":"events","c":[1],"events":[{"a":1}]}}',
      ['{"a":1}'],
    ],
    [
      'the path twice',
      '{"data":{"events":[{"a":1}],"events":[{"b":2}]},"data":{"events":[{"c":3}]}}',
      ['{"a":1}', '{"b":2}', '{"c":3}'],
    ],
    [
      'several documents',
      '{"data":{"events":[{"a":1}]}}\n{"data":{"events":[{"b":2}]}}',
      ['{"a":1}', '{"b":2}'],
    ],
    [
      'a value that is no array first',
      '{"data":5,"data":{"events":{"x":[1]},"events":[{"a":1}]}}',
      ['{"a":1}'],
    ],
    ['an empty array', '{"data":{"events":[]}}', []],
    [
      'a later document without it',
      '{"data":{"events":[{"a":1}]}} {"error":[1]} 7 {"data":{"events":[{"b":2}]}}',
      ['{"a":1}', 'broken: RECORDS_PATH_MISSING', '{"b":2}'],
    ],
    ['a document that stays open', '{"data":{"events":[{"a":1}]}', ['{"a":1}', 'broken: JSON_UNCLOSED']],
    ['an array that stays open', '{"data":{"events":[{"a":1}', ['{"a":1}', 'broken: JSON_UNCLOSED']],
    ['an empty file', ' ', []],
  ])('finds them with %s', async (_, text, expected) => {
    expect(await framed(text, { recordsPath })).toEqual(expected);
  });

  it.each([
    ['other keys', '{"data":{"event":[1],"n":{"k":1}}}', '"data" has the keys "event", "n"'],
    ['no such key at the top', '{"a":1,"b":{"data":{}}}', 'the object at the top has the keys "a", "b"'],
    ['an object at the path', '{"data":{"events":{"a":[1]}}}', 'what stands there is not an array'],
    ['an array at the top', '[{"data":{"events":[1]}}]', 'there is no object with keys at the top'],
    ['a number at the top', '5 {}', 'there is no object with keys at the top'],
    ['an end in the middle', '{"data":{"id":1,"ev', '"data" has the keys "id"'],
  ])('fails for a file with %s, naming what it has', async (_, text, seen) => {
    const message = `The file has no array at "data.events" (recordsPath): ${seen}. Set recordsPath to the keys that lead to the records.`;
    const error = new FrameError('RECORDS_PATH_MISSING', message);
    await expect(frame(text, { recordsPath })).rejects.toThrow(error);
    if (!text.endsWith('ev'))
      expect(() => cutFile(json, Buffer.from(text), { recordsPath, chunkBytes: 1, pieceBytes: 3 })).toThrow(
        error,
      );
  });

  it('shows few keys, and little of each', async () => {
    const keys = Array.from(
      { length: 500 },
      (_, index) => `"${'k'.repeat(20_000)}${index}":0,"k${index}${'y'.repeat(90)}":1`,
    );
    const error: Error = await frame(`{${keys.join()}}`, { recordsPath }).catch((thrown) => thrown);
    expect(error.message.length).toBeLessThan(1_500);
  });
});

const PLACES = fc.record({
  chunkBytes: fc.integer({ min: 1, max: 200 }),
  pieceBytes: fc.integer({ min: 1, max: 60 }),
  isStaged: fc.boolean(),
});
/** What may stand between records without being one. */
const BETWEEN = ' \t\r\n,[]\x1e';

describe('json: borders', () => {
  it('are behind records, at least as far apart as asked', () => {
    const file = Buffer.from(`[${'{"a":1},'.repeat(1_000)}2]`);
    const { borders, header } = cutFile(json, file, { chunkBytes: 100, pieceBytes: 33 });
    expect(header).toEqual({ shape: 'array' });
    expect(new Set(lengthsOf(borders).slice(1))).toEqual(new Set([104]));
    expect(borders[0]).toBe(104);
  });
});

describe('json: any file', () => {
  it('gives the same records however its bytes are cut into pieces and its records into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(jsonFile, PLACES, async ({ text, records, recordsPath }, places) => {
        const file = Buffer.from(text);
        const whole = await frameFile(json, file, { recordsPath, recordBytesMax: 10_000 });
        expect(whole.map((record) => parsed(record.text))).toEqual(records.map(parsed));
        expect(await frameInChunks(json, file, { recordsPath, recordBytesMax: 10_000, ...places })).toEqual(
          whole,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('goes on behind any record, as a continuation does, with a header or without', async () => {
    await fc.assert(
      fc.asyncProperty(jsonFile, fc.boolean(), async ({ text, recordsPath }, hasHeader) => {
        const file = Buffer.from(text);
        const options = { recordsPath, recordBytesMax: 10_000 };
        const whole = await frameFile(json, file, options);
        const { header } = cutFile(json, file, { ...options, chunkBytes: 1, pieceBytes: 7 });
        for (const [index, { nextOffset }] of whole.entries()) {
          const range = { start: nextOffset, end: file.length };
          const rest = await frameFile(json, file, {
            ...options,
            range,
            header: hasHeader ? header : undefined,
          });
          expect(rest).toEqual(whole.slice(index + 1));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('accounts for every byte of a damaged file, in one piece or in chunks', async () => {
    await fc.assert(
      fc.asyncProperty(jsonFile, damage, PLACES, async ({ text, recordsPath }, changes, places) => {
        const file = damaged(Buffer.from(text), changes);
        const options = { recordsPath, recordBytesMax: 50 };
        const whole = await orFrameError(frameFile(json, file, options));
        if (whole && recordsPath === undefined) expect(unaccounted(file, whole, BETWEEN)).toEqual([]);
        expect(await orFrameError(frameInChunks(json, file, { ...options, ...places }))).toEqual(whole);
      }),
      { numRuns: 1_000, seed: 5 },
    );
  });
});

/** As a value where it is JSON: line ends have become spaces. */
const parsed = (text: string): unknown => JSON.parse(text);

const orFrameError = async (records: Promise<PlainRecord[]>): Promise<PlainRecord[] | undefined> =>
  records.catch((error: unknown) => {
    if (error instanceof FrameError) return undefined;
    throw error;
  });
