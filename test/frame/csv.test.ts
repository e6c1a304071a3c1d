import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csv, tsv } from '../../lib/frame/csv.ts';
import { FrameError } from '../../lib/frame/frame-error.ts';
import { csvFile } from './csv-file.ts';
import { damage, damaged } from './damage.ts';
import {
  cutFile,
  type FramingOptions,
  frameFile,
  frameInChunks,
  lengthsOf,
  type PlainRecord,
  unaccounted,
} from './framing.ts';

type Csv = FramingOptions['csv'];

const frame = (text: string | Buffer, settings: Csv = {}): Promise<PlainRecord[]> =>
  frameFile(csv, Buffer.from(text as string), { csv: settings });

const framed = async (text: string | Buffer, settings: Csv = {}): Promise<string[]> =>
  (await frame(text, settings)).map(({ kind, text }) => (kind === 'record' ? text : `${kind}: ${text}`));

describe('csv: what a record is', () => {
  it.each<[string, string, string[]]>([
    ['nothing', '', []],
    ['only blank lines', '\n\r\n\n', []],
    ['nothing but a byte order mark', '\ufeff', []],
    ['a header alone', 'a,b', []],
    ['LF', 'a,b\nx,y\n', ['{"a":"x","b":"y"}']],
    ['CRLF', 'a,b\r\nx,y\r\n', ['{"a":"x","b":"y"}']],
    ['both mixed', 'a,b\r\nx,y\nz,\r\n', ['{"a":"x","b":"y"}', '{"a":"z"}']],
    ['CR alone', 'a,b\rx,y\rz,"\n"\r', ['{"a":"x","b":"y"}', '{"a":"z","b":"\\n"}']],
    ['a CR inside a field', 'a,b\nx\ry,z\n', ['{"a":"x\\ry","b":"z"}']],
    ['a last record without a line end', 'a,b\nx,y', ['{"a":"x","b":"y"}']],
    ['a last record that ends with a CR', 'a,b\nx,y\r', ['{"a":"x","b":"y"}']],
    ['a byte order mark before a quote', '\ufeff"a",b\nx,y\n', ['{"a":"x","b":"y"}']],
    [
      'quotes, doubled ones and line ends inside',
      'a,b\n"x ""y""","1\r\n2"\n',
      ['{"a":"x \\"y\\"","b":"1\\r\\n2"}'],
    ],
    ['blank lines between', '\na,b\n\nx,y\r\n\r\nz,\n', ['{"a":"x","b":"y"}', '{"a":"z"}']],
    ['empty fields, which are left out', 'a,b,c\n,"",x\n,,\n', ['{"c":"x"}', '{}']],
    ['spaces, which stay', 'a\n x \n', ['{"a":" x "}']],
    ['__proto__ as a column', '__proto__,a\nx,y\n', ['{"__proto__":"x","a":"y"}']],
  ])('reads %s', async (_, text, expected) => {
    expect(await framed(text)).toEqual(expected);
  });

  it('reads a tab between fields in TSV, and any delimiter and quote by recipe', async () => {
    expect(await frameFile(tsv, Buffer.from('a\tb\n"x\ty"\tz,\n'))).toMatchObject([
      { text: '{"a":"x\\ty","b":"z,"}' },
    ]);
    expect(await framed("a;b\n'x;''y';z\n", { delimiter: ';', quote: "'" })).toEqual([
      '{"a":"x;\'y","b":"z"}',
    ]);
    expect(await framed('a,b\n5" pipe,"x\n', { quote: '' })).toEqual(['{"a":"5\\" pipe","b":"\\"x"}']);
  });

  it('reads latin1 as Windows-1252, and UTF-16', async () => {
    const latin1 = Buffer.concat([Buffer.from('a\n'), Buffer.from([0x80, 0xe9, 0x93])]);
    expect(await framed(latin1, { encoding: 'latin1' })).toEqual(['{"a":"€é“"}']);
    const utf16 = Buffer.from('\ufeffa,b\r\n漢,"😀\n"\r\n', 'utf16le');
    expect(await framed(utf16, { encoding: 'utf-16le' })).toEqual(['{"a":"漢","b":"😀\\n"}']);
    const withReturn = Buffer.from('a\rb\n1\n', 'utf16le');
    expect(await framed(withReturn, { encoding: 'utf-16le' })).toEqual(['{"a\\rb":1}']);
  });

  it('says where each record begins and where reading would go on', async () => {
    expect(await frame('a,b\r\n\r\n"x\n",y\r\nz,z')).toMatchObject([
      { offset: 7, nextOffset: 15 },
      { offset: 15, nextOffset: 18 },
    ]);
  });

  it('calls a record over the limit oversized, and goes on behind it', async () => {
    const file = Buffer.from(
      `a,b\n${'x'.repeat(1_001)}\n${'y'.repeat(998)},z\n"${'q\n'.repeat(600)}",1\n1,2\n`,
    );
    for (const pieceBytes of [7, 100_000]) {
      const records = await frameFile(csv, file, {}, { pieceBytes });
      expect(records.map(({ kind }) => kind)).toEqual(['oversized', 'record', 'oversized', 'record']);
    }
  });
});

describe('csv: values', () => {
  it.each([
    ['0', '0'],
    ['-12', '-12'],
    ['1.25', '1.25'],
    ['9007199254740991', '9007199254740991'],
    ['true', 'true'],
    ['false', 'false'],
  ])('makes a value of %s', async (text, value) => {
    expect(await framed(`a,z\n${text},\n`)).toEqual([`{"a":${value}}`]);
  });

  it.each([
    '1234567890123456789',
    '9007199254740993',
    '1000000000000000000',
    '007',
    '1e5',
    '+1',
    ' 1',
    '1.0',
    '.5',
    '5.',
    '-0',
    '1_000',
    'True',
    'NULL',
    'NaN',
    'Infinity',
    '0x10',
    '2024-03-01',
  ])('leaves %s a string', async (text) => {
    expect(await framed(`a,z\n${text},\n`)).toEqual([`{"a":${JSON.stringify(text)}}`]);
  });

  it('leaves everything a string where the recipe infers nothing', async () => {
    expect(await framed('a,b\n1,true\n', { infer: false })).toEqual(['{"a":"1","b":"true"}']);
  });

  it.each<[string, 'string' | 'number' | 'boolean' | 'date', string]>([
    ['5', 'string', '"5"'],
    ['1234567890123456789', 'number', '1234567890123456789'],
    [' +007.50 ', 'number', '7.50'],
    ['.5', 'number', '0.5'],
    ['-00', 'number', '-0'],
    ['1e5', 'number', '1e5'],
    ['5.', 'number', '5'],
    ['1', 'boolean', 'true'],
    ['No', 'boolean', 'false'],
    ['2024-03-01', 'date', '"2024-03-01T00:00:00.000Z"'],
    ['2024-03-01 12:30:00.5 +02:00', 'date', '"2024-03-01T10:30:00.500Z"'],
    ['1700000000', 'date', '"2023-11-14T22:13:20.000Z"'],
    ['1700000000000', 'date', '"2023-11-14T22:13:20.000Z"'],
    ['1970-01-02', 'date', '"1970-01-02T00:00:00.000Z"'],
  ])('reads %s as a %s', async (text, type, value) => {
    expect(await framed(`a,z\n${text},\n`, { types: { a: type } })).toEqual([`{"a":${value}}`]);
  });

  it.each<[string, 'number' | 'boolean' | 'date']>([
    ['abc', 'number'],
    ['.', 'number'],
    ['-', 'number'],
    ['e5', 'number'],
    ['1,5', 'number'],
    ['0x10', 'number'],
    ['Infinity', 'number'],
    ['2', 'boolean'],
    ['2024-02-30', 'date'],
    ['999999999999999999999', 'date'],
  ])('rejects %s as a %s', async (text, type) => {
    expect(await framed(`a,z\n"${text}",\n,1\n`, { types: { a: type } })).toEqual([
      'broken: CSV_VALUE_INVALID',
      '{"z":1}',
    ]);
  });
});

describe('csv: columns', () => {
  it('names columns without a name by their place, and numbers those that have one name', async () => {
    expect(await framed('a,,a,a_2,,a\n1,2,3,4,5,6\n')).toEqual([
      '{"a":1,"column_2":2,"a_3":3,"a_2":4,"column_5":5,"a_4":6}',
    ]);
  });

  it('takes the names of the recipe, with a header or without', async () => {
    expect(await framed('x,y\n1,2\n', { columns: ['a', 'b'] })).toEqual(['{"a":1,"b":2}']);
    expect(await framed('x,y\n1,2\n', { columns: ['a', 'b'], header: false })).toEqual([
      '{"a":"x","b":"y"}',
      '{"a":1,"b":2}',
    ]);
  });

  it.each<[string, string | Buffer, Csv, RegExp]>([
    ['other columns than the recipe', 'a,b\n1,2\n', { columns: ['x'] }, /names 1 columns.*has 2 fields/],
    [
      'no column that the recipe gives a type',
      'a,b\n1,2\n',
      { types: { c: 'number' } },
      /"c".*no such column but "a", "b"/,
    ],
    ['a quote inside a name', 'a"b\n1\n', {}, /inside a field that is not quoted/],
    ['a header that stays open', '"a,b\n1,2\n', {}, /ends inside its quotes/],
    ['a header in another encoding', Buffer.from([0xe9, 0x0a]), {}, /not utf-8/],
    ['a header without end', 'x'.repeat(40_000), {}, /longer than 32768 bytes/],
  ])('fails for a file with %s', async (_, text, settings, message) => {
    const error: unknown = await frame(text, settings).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(FrameError);
    expect(error).toMatchObject({ code: 'CSV_HEADER_INVALID', message: expect.stringMatching(message) });
  });

  it('fails while it looks for borders where the first record has no end', () => {
    const options = { chunkBytes: 1, pieceBytes: 1_000 };
    expect(() => cutFile(csv, Buffer.from(`"${'x\n'.repeat(40_000)}`), options)).toThrow(
      'longer than 32768 bytes',
    );
  });
});

describe('csv: what is no record', () => {
  it.each<[string, string | Buffer, string[]]>([
    [
      'fewer and more fields than columns',
      'a,b\n1\n1,2,3\n1,2\n',
      ['broken: CSV_RAGGED_ROW', 'broken: CSV_RAGGED_ROW', '{"a":1,"b":2}'],
    ],
    ['a quote inside a field', 'a,b\n5" pipe,x\n1,2\n', ['broken: CSV_QUOTES_INVALID', '{"a":1,"b":2}']],
    ['text behind a closing quote', 'a,b\n"x" y,z\n1,2\n', ['broken: CSV_QUOTES_INVALID', '{"a":1,"b":2}']],
    [
      'bytes that are not UTF-8',
      Buffer.from('a,b\n1,2\n\xff,3\n4,5\n', 'latin1'),
      ['{"a":1,"b":2}', 'broken: CSV_ENCODING_INVALID', '{"a":4,"b":5}'],
    ],
    ['a quote that stays open', 'a,b\n1,2\n"x,3\n4,5\n', ['{"a":1,"b":2}', 'broken: CSV_QUOTE_UNCLOSED']],
  ])('tells of %s', async (_, text, expected) => {
    expect(await framed(text)).toEqual(expected);
  });

  it.each([
    ['a,b\n1,2\n3,4', ['{"a":1,"b":2}', 'broken: CSV_ROW_UNFINISHED']],
    ['a,b\n1,2\n3,"4', ['{"a":1,"b":2}', 'broken: CSV_QUOTE_UNCLOSED']],
    ['a,b\n1,2\n', ['{"a":1,"b":2}']],
    ['a,b', []],
  ])('takes no row for whole that a damaged file breaks off in: %j', async (text, expected) => {
    const records = await frameFile(csv, Buffer.from(text), { breaksOff: true });
    expect(records.map(({ kind, text }) => (kind === 'record' ? text : `${kind}: ${text}`))).toEqual(
      expected,
    );
  });

  it('finds the bad ones among many', async () => {
    const rows = Array.from({ length: 500 }, (_, index) =>
      index % 100 === 50 ? `x"${index},y` : `${index},y`,
    );
    const records = await frame(`a,b\n${rows.join('\n')}\n`);
    expect(records).toHaveLength(500);
    expect(records.flatMap(({ kind }, index) => (kind === 'broken' ? index : []))).toEqual([
      50, 150, 250, 350, 450,
    ]);
  });

  it('rejects half a character and a lone surrogate of UTF-16', async () => {
    const lone = Buffer.concat([
      Buffer.from('a\n1\n', 'utf16le'),
      Buffer.from([0x00, 0xd8, 0x0a, 0x00, 0x41]),
    ]);
    expect(await framed(lone, { encoding: 'utf-16le' })).toEqual([
      '{"a":1}',
      'broken: CSV_ENCODING_INVALID',
      'broken: CSV_ENCODING_INVALID',
    ]);
  });
});

const SPECTRUM = dirname(createRequire(import.meta.url).resolve('csv-spectrum'));

describe('csv: csv-spectrum', () => {
  /** Its JSON is of another file. */
  const ODD = 'location_coordinates.csv';

  it.each(readdirSync(join(SPECTRUM, 'csvs')).filter((name) => name !== ODD))('reads %s', async (name) => {
    const records = await framed(readFileSync(join(SPECTRUM, 'csvs', name)), { infer: false });
    const expected: object[] = JSON.parse(
      readFileSync(join(SPECTRUM, 'json', name.replace('.csv', '.json')), 'utf8'),
    );
    expect(records.map((text) => JSON.parse(text))).toEqual(expected.map(withoutEmpty));
  });

  it('reads the sample with quotes inside of fields when the recipe says so', async () => {
    const bytes = readFileSync(join(SPECTRUM, 'csvs', ODD));
    expect(await framed(bytes)).toEqual(['broken: CSV_QUOTES_INVALID']);
    const [record] = await framed(bytes, { quote: '' });
    expect(JSON.parse(record!)).toMatchObject({ 'Location Coordinates': `37�36'37.8"N 121�2'17.9"W` });
  });

  const withoutEmpty = (record: object): object =>
    Object.fromEntries(Object.entries(record).filter(([, value]) => value !== ''));
});

const PLACES = fc.record({
  chunkBytes: fc.integer({ min: 1, max: 200 }),
  pieceBytes: fc.integer({ min: 1, max: 60 }),
  isStaged: fc.boolean(),
});

describe('csv: borders', () => {
  it('are behind records, at least as far apart as asked, with what names the columns', () => {
    const file = Buffer.from(`\ufeff"a\n",b\r\n${'"x\n",y\r\n'.repeat(1_000)}`);
    const { borders, header } = cutFile(csv, file, { chunkBytes: 100, pieceBytes: 33 });
    expect(header).toEqual({ newline: 'lf', record: '"a\n",b' });
    expect(new Set(lengthsOf(borders).slice(1))).toEqual(new Set([104]));
  });

  it('tell how records end where no record names the columns', () => {
    const settings = { header: false, columns: ['a'] };
    const cuts = cutFile(csv, Buffer.from('1\r2\r3\r'), { csv: settings, chunkBytes: 1, pieceBytes: 1 });
    expect(cuts.header).toEqual({ newline: 'cr' });
  });
});

describe('csv: any file', () => {
  it('gives the same records however its bytes are cut into pieces and its records into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(csvFile, PLACES, async ({ bytes, records, csv: settings }, places) => {
        const whole = await frameFile(csv, bytes, { csv: settings });
        expect(whole.map(({ text }) => JSON.parse(text))).toEqual(records);
        expect(await frameInChunks(csv, bytes, { csv: settings, ...places })).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  it('goes on behind any record, as a continuation does, with a header or without', async () => {
    await fc.assert(
      fc.asyncProperty(csvFile, fc.boolean(), async ({ bytes, csv: settings }, hasHeader) => {
        const whole = await frameFile(csv, bytes, { csv: settings });
        const { header } = cutFile(csv, bytes, { csv: settings, chunkBytes: 1, pieceBytes: 7 });
        for (const [index, { nextOffset }] of whole.entries()) {
          const range = { start: nextOffset, end: bytes.length };
          const options = { csv: settings, range, header: hasHeader ? header : undefined };
          expect(await frameFile(csv, bytes, options)).toEqual(whole.slice(index + 1));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('accounts for every byte of a damaged file, in one piece or in chunks', async () => {
    await fc.assert(
      fc.asyncProperty(csvFile, damage, PLACES, async ({ bytes, csv: settings }, changes, places) => {
        const file = damaged(bytes, changes);
        const options = { csv: settings, recordBytesMax: 30 };
        const whole = await orFrameError(frameFile(csv, file, options));
        if (whole && !settings.header) expect(unaccounted(file, whole, '\r\n\0')).toEqual([]);
        expect(await orFrameError(frameInChunks(csv, file, { ...options, ...places }))).toEqual(whole);
      }),
      { numRuns: 700, seed: 5 },
    );
  });
});

const orFrameError = async (records: Promise<PlainRecord[]>): Promise<PlainRecord[] | undefined> =>
  records.catch((error: unknown) => {
    if (error instanceof FrameError) return undefined;
    throw error;
  });
