import { describe, expect, it } from 'vitest';
import { createLineFramer, type LineFramerOptions } from '../../lib/frame/lines.ts';
import type { FramedRecord } from '../../lib/frame/record.ts';

const framer = (options: Partial<LineFramerOptions> = {}) =>
  createLineFramer({
    start: 0,
    end: 1_000,
    skipPartial: false,
    startsFile: true,
    lineBytesMax: 10,
    ...options,
  });

const textsOf = (records: readonly FramedRecord[]): string[] => records.map(({ bytes }) => bytes.toString());

describe('createLineFramer', () => {
  it.each([
    ['nothing', '', []],
    ['only line ends', '\n\r\n\n\r\n', []],
    ['blank lines of spaces, tabs and returns', ' \t\n\t\r\n \r\r\n', []],
    ['LF', 'a\nb\n', ['a', 'b']],
    ['CRLF', 'a\r\nb\r\n', ['a', 'b']],
    ['a last line without a newline', 'a\nb', ['a', 'b']],
    ['a last line that ends with a return', 'a\nb\r', ['a', 'b']],
    ['a byte order mark', '\ufeffa\nb\n', ['a', 'b']],
    ['nothing but a byte order mark', '\ufeff', []],
    ['a byte order mark and an empty line', '\ufeff\r\na', ['a']],
    ['a byte order mark that is not first', 'a\n\ufeffb\n', ['a', '\ufeffb']],
    ['one return of two', 'a\r\r\n', ['a\r']],
    ['a return inside a line', 'a\rb\n', ['a\rb']],
    ['characters of several bytes', 'é漢😀\n', ['é漢😀']],
    ['spaces around a line', ' a \n', [' a ']],
  ])('reads %s', (_, text, expected) => {
    const lines = framer();
    expect(textsOf([...lines.push(Buffer.from(text)), ...lines.finish()])).toEqual(expected);
  });

  it('keeps a byte order mark where the object does not begin the file', () => {
    expect(textsOf(framer({ startsFile: false }).push(Buffer.from('\ufeffa\n')))).toEqual(['\ufeffa']);
  });

  it('says where each line begins and where the next one does', () => {
    const lines = framer({ start: 100 });
    expect([...lines.push(Buffer.from('ab\r\n\ncd')), ...lines.finish()]).toMatchObject([
      { offset: 100, nextOffset: 104 },
      { offset: 105, nextOffset: 107 },
    ]);
  });

  it('takes a line of exactly the limit, its mark and ending not counted', () => {
    const [line] = framer().push(Buffer.from(`\ufeff${'x'.repeat(10)}\r\n`));
    expect(line).toMatchObject({ kind: 'record', bytes: Buffer.from('x'.repeat(10)) });
  });

  it.each([1, 2, 5, 100, 5_000])('calls a line %i bytes over the limit oversized', (over) => {
    const [line, after] = framer({ end: 10_000 }).push(Buffer.from(`${'x'.repeat(10 + over)}\ny\n`));
    expect(line).toMatchObject({ kind: 'oversized', offset: 0, nextOffset: 11 + over });
    expect(line!.bytes.length).toBeLessThanOrEqual(1_024);
    expect(after).toMatchObject({ kind: 'record', offset: 11 + over });
  });

  it('keeps the beginning of an oversized line that comes in many pieces', () => {
    const lines = framer({ end: 10_000 });
    for (let i = 0; i < 3_000; i++) expect(lines.push(Buffer.from(String(i % 10)))).toEqual([]);
    const [line] = lines.push(Buffer.from('\n'));
    expect(line).toMatchObject({ kind: 'oversized', offset: 0, nextOffset: 3_001 });
    expect(line!.bytes.toString()).toBe('0123456789'.repeat(103).slice(0, line!.bytes.length));
  });

  it('drops what belongs to the line before', () => {
    expect(textsOf(framer({ skipPartial: true }).push(Buffer.from('tail\nb\n')))).toEqual(['b']);
  });

  it('is done after the last line that begins before the end', () => {
    const lines = framer({ end: 3 });
    expect(textsOf(lines.push(Buffer.from('a\nbc')))).toEqual(['a']);
    expect(lines.isDone()).toBe(false);
    expect(textsOf(lines.push(Buffer.from('d\ne\n')))).toEqual(['bcd']);
    expect(lines.isDone()).toBe(true);
    expect(lines.push(Buffer.from('f\n'))).toEqual([]);
    expect(lines.finish()).toEqual([]);
  });

  it('is done at the end of a range of which no line is its own', () => {
    const lines = framer({ start: 4, end: 7, skipPartial: true });
    expect(lines.push(Buffer.from('mid'))).toEqual([]);
    expect(lines.isDone()).toBe(true);
  });

  it('is done with an oversized last line as soon as it is seen to be one', () => {
    const lines = framer({ end: 5 });
    expect(lines.push(Buffer.from('x'.repeat(14)))).toEqual([]);
    expect(lines.push(Buffer.from('x'))).toMatchObject([{ kind: 'oversized', offset: 0, nextOffset: 15 }]);
    expect(lines.isDone()).toBe(true);
  });
});
