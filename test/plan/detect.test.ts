import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type DetectOptions, detectCompression, detectFormat } from '../../lib/plan/detect.ts';
import { PlanError } from '../../lib/plan/plan-error.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';

type Settings = Partial<DetectOptions['recipe']>;

const optionsFor = (key: string, recipe: Settings = {}): DetectOptions => ({
  key,
  recipe: { format: 'auto', compression: 'auto', csv: parseRecipe({}).csv, ...recipe },
});

const compressionOf = (head: Buffer, key = 'file', recipe: Settings = {}) =>
  detectCompression(head, optionsFor(key, recipe));
const formatOf = (head: Buffer | string, key = 'file', recipe: Settings = {}) =>
  detectFormat(Buffer.from(head as string), optionsFor(key, recipe));

const TEXT = Buffer.from('{"a":1}\n');
const GZIP = gzipSync(TEXT);
const ZSTD = zstdCompressSync(TEXT);
/** `printf '' | bzip2` and the beginning of `printf x | bzip2`. */
const BZIP2_EMPTY = Buffer.from('425a683917724538509000000000', 'hex');
const BZIP2 = Buffer.from('425a683931415926535977b0e9c5', 'hex');
const ZIP = Buffer.from('504b030414000000', 'hex');
const PARQUET = Buffer.from('504152311504151015144c15', 'hex');
const AVRO = Buffer.from('4f626a0104166176726f2e', 'hex');
const UTF_16 = Buffer.from('\ufeffa\tb\r\n', 'utf16le');

const errorOf = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error;
  }
};

describe('detectCompression', () => {
  it.each<[string, Buffer, string]>([
    ['gzip', GZIP, 'gzip'],
    ['zstd', ZSTD, 'zstd'],
    ['bzip2', BZIP2, 'bzip2'],
    ['bzip2 of nothing', BZIP2_EMPTY, 'bzip2'],
    ['zip', ZIP, 'zip'],
    ['plain text', TEXT, 'none'],
    ['text that begins like bzip2', Buffer.from('BZh9,x,y,z,1,2,3\n'), 'none'],
    ['nothing', Buffer.alloc(0), 'none'],
    ['one byte', Buffer.from([0x1f]), 'none'],
  ])('tells %s by its first bytes', (_, head, expected) => {
    expect(compressionOf(head)).toBe(expected);
  });

  it.each([
    ['a plain file that is named .gz', TEXT, 'a.jsonl.gz', 'none'],
    ['a gzip file without a suffix', GZIP, 'a.jsonl', 'gzip'],
    ['a gzip file that is named .zst', GZIP, 'a.jsonl.zst', 'gzip'],
    ['Parquet that is named .zst', PARQUET, 'events.parquet.zst', 'none'],
    ['a tar within gzip', GZIP, 'a.tar.gz', 'tar.gz'],
    ['a tar within gzip by its short name', GZIP, 'a.TGZ', 'tar.gz'],
    ['a plain file that is named .tgz', TEXT, 'a.tgz', 'none'],
  ])('believes the bytes before the name: %s', (_, head, key, expected) => {
    expect(compressionOf(head, key)).toBe(expected);
  });

  it('goes by the recipe where the bytes agree, or there are none', () => {
    expect(compressionOf(GZIP, 'a', { compression: 'gzip' })).toBe('gzip');
    expect(compressionOf(GZIP, 'a', { compression: 'tar.gz' })).toBe('tar.gz');
    expect(compressionOf(TEXT, 'a', { compression: 'none' })).toBe('none');
    expect(compressionOf(Buffer.alloc(0), 'a', { compression: 'zstd' })).toBe('zstd');
  });

  it.each<[Buffer, NonNullable<Settings['compression']>, string]>([
    [GZIP, 'none', 'The recipe says "compression": "none", but the file is gzip (begins with bytes 1f8b'],
    [GZIP, 'zstd', 'but the file is gzip'],
    [TEXT, 'tar.gz', 'but the file is not compressed like that (begins with "{\\"a\\":1}\\n")'],
  ])('fails when the recipe contradicts the bytes: %#', (head, compression, message) => {
    const error = errorOf(() => compressionOf(head, 'a', { compression }));
    expect(error).toBeInstanceOf(PlanError);
    expect(error).toMatchObject({ code: 'FORMAT_MISMATCH', message: expect.stringContaining(message) });
  });
});

describe('detectFormat', () => {
  it.each<[string, string | Buffer, string]>([
    ['an array', '[{"a":1}]', 'json'],
    ['an array over lines', ' \r\n[\n  {"a":1}\n]', 'json'],
    ['an array of nothing', '[]', 'json'],
    ['an array behind a byte order mark', '\ufeff[1]', 'json'],
    ['a bracket and no more', '[', 'json'],
    ['one object', '{"a":1}', 'jsonl'],
    ['an object a line', '{"a":1}\n{"b":2}\n', 'jsonl'],
    ['an object a line, with CRLF and blanks', '\ufeff\n{"a":"{"} \r\n{"b":2}', 'jsonl'],
    ['a line longer than what is looked at', `{"a":"${'x'.repeat(70_000)}`, 'jsonl'],
    ['a first line that is broken', '{"a":\n{"b":2}\n{"c":3}\n', 'jsonl'],
    ['an object over lines', '{\n  "a": 1\n}\n', 'json'],
    ['an object that goes on in the next line', '{"a":[\n{"b":2},\n{"c":3}]}', 'json'],
    ['objects on one line', '{"a":1}{"b":2}\n', 'json'],
    ['objects with commas between', '{"a":1},\n{"b":2}\n', 'json'],
    ['an empty object', '{}\n', 'jsonl'],
  ])('tells %s by its first bytes', (_, head, expected) => {
    const cut = Buffer.from(head as string).subarray(0, 64 * 1024);
    expect(formatOf(cut)).toBe(expected);
    expect(formatOf(cut, 'table.csv')).toBe(expected);
  });

  it('tells Parquet and Avro by their magic, whatever they are called', () => {
    expect(formatOf(PARQUET, 'events.parquet.zst')).toBe('parquet');
    expect(formatOf(PARQUET, 'a.json')).toBe('parquet');
    expect(formatOf(Buffer.from('PARE\x15\0', 'latin1'), 'encrypted')).toBe('parquet');
    expect(formatOf(AVRO, 'a.csv')).toBe('avro');
  });

  it.each<[string, string, string]>([
    ['a,b\n1,2\n', 'a.csv', 'csv'],
    ['a,b\n1,2\n', 'path/A.CSV.gz', 'csv'],
    ['a\tb\n', 'a.tsv', 'tsv'],
    ['a\tb\n', 'a.tab.bz2', 'tsv'],
    ['[Name],[Value]\n', 'a.csv', 'csv'],
    ['{id},{value}\n', 'a.csv', 'csv'],
    ['PAR1,PAR2\n3,4\n', 'golf.csv', 'csv'],
    ['PARENT,CHILD\n3,4\n', 'a.csv', 'csv'],
    ['oops\n{"a":1}\n', 'a.jsonl', 'jsonl'],
    ['oops\n', 'a.ndjson.zst', 'jsonl'],
    ['oops\n', 'a.json', 'json'],
    ['', 'a.json', 'json'],
    ['', 'a.csv', 'csv'],
  ])('goes by the name where the bytes %j say nothing: %s', (head, key, expected) => {
    expect(formatOf(head, key)).toBe(expected);
  });

  it.each<[string, string]>([
    ['["a"]\n{"b":2}\n', 'jsonl'],
    ['\ufeff["a"]\r\n\n["b"]\n', 'jsonl'],
    ['[{"a":1},{"b":2}]\n', 'json'],
    ['[{"a":1},\n{"b":2}]\n', 'json'],
  ])('takes the array in %j for one line of many, if the name says lines: %s', (head, expected) => {
    expect(formatOf(head, 'a.jsonl.gz')).toBe(expected);
    expect(formatOf(head, 'a.json')).toBe('json');
  });

  it('goes by the recipe before both', () => {
    expect(formatOf('[1]', 'a.json', { format: 'csv' })).toBe('csv');
    expect(formatOf('a;b\n', 'data', { format: 'tsv' })).toBe('tsv');
    expect(formatOf(PARQUET, 'data', { format: 'parquet' })).toBe('parquet');
  });

  it('takes UTF-16 for a table where the recipe says so', () => {
    const csv = parseRecipe({ csv: { encoding: 'utf-16le' } }).csv;
    expect(formatOf(UTF_16, 'a.tsv', { csv })).toBe('tsv');
    expect(formatOf(UTF_16.subarray(2), 'a.tsv', { csv })).toBe('tsv');
    expect(formatOf(UTF_16, 'data', { csv, format: 'csv' })).toBe('csv');
  });

  it.each<[string, string | Buffer, string, string]>([
    [
      'text of no known name',
      'hello world\n',
      'notes.doc',
      '"notes.doc" (begins with "hello world\\n") has no known format. Nothing in its first bytes or its name tells its format.',
    ],
    ['nothing', '', 'data', '"data" (empty) has no known format.'],
    ['bytes of nothing known', Buffer.from([0, 1, 2, 0xff]), 'a.bin', '(begins with bytes 000102ff)'],
    [
      'binary data with the name of text',
      Buffer.from([0x61, 0, 2, 0xff]),
      'a.csv',
      '(begins with bytes 610002ff)',
    ],
    ['text with the name of Parquet', 'hello', 'a.parquet', 'begins with "hello"'],
    ['xz', Buffer.from('fd377a585a000004', 'hex'), 'a.json.xz', 'It is xz.'],
    ['gzip within gzip', GZIP, 'a.json.gz.gz', 'It is gzip within another compression.'],
    [
      'a tar archive',
      Buffer.concat([Buffer.alloc(257), Buffer.from('ustar')]),
      'a.tar',
      'It is a tar archive.',
    ],
    ['UTF-16 that is to be JSON', UTF_16, 'a.json', 'It is UTF-16, which is read in CSV and TSV only.'],
    ['UTF-16 that is not expected', UTF_16, 'a.tsv', 'It is UTF-16: set "csv": {"encoding": "utf-16le"}.'],
    ['big-endian UTF-16', Buffer.from('feff0061', 'hex'), 'a.csv', 'It is UTF-16 (big-endian).'],
  ])('fails for %s, naming what it sees', (_, head, key, message) => {
    const error = errorOf(() => formatOf(head, key));
    expect(error).toBeInstanceOf(PlanError);
    expect(error).toMatchObject({ code: 'FORMAT_UNSUPPORTED', message: expect.stringContaining(message) });
  });

  it('does not trust the name of bytes whose Content-Encoding cannot be told by magic', () => {
    const options = { ...optionsFor('a.csv'), contentEncoding: 'br' };
    expect(() => detectFormat(Buffer.from('\x8b\x03\x80'), options)).toThrow('Content-Encoding "br"');
    expect(detectFormat(TEXT, options)).toBe('jsonl');
    expect(detectFormat(Buffer.from('a,b\n'), { ...options, contentEncoding: 'gzip' })).toBe('csv');
  });

  it('shows little of the bytes and of the name', () => {
    const error = errorOf(() => formatOf('y'.repeat(60_000), `${'x'.repeat(1_000)}.doc`));
    expect(String(error).length).toBeLessThan(400);
  });

  it.each<[string | Buffer, NonNullable<Settings['format']>, string]>([
    [PARQUET, 'csv', 'The recipe says "format": "csv", but the file is parquet (begins with bytes 50415231'],
    [TEXT, 'parquet', 'but the file is something else (begins with "{\\"a\\":1}\\n")'],
    [AVRO, 'parquet', 'but the file is avro'],
    [UTF_16, 'json', 'but the file is UTF-16'],
    [GZIP, 'jsonl', 'but the file is gzip within'],
  ])('fails when the recipe contradicts magic bytes: %#', (head, format, message) => {
    const error = errorOf(() => formatOf(head, 'a', { format }));
    expect(error).toMatchObject({ code: 'FORMAT_MISMATCH', message: expect.stringContaining(message) });
  });
});
