import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRunFramer } from '../../lib/frame/line-runs.ts';
import { createLineFramer, type LineFramerOptions } from '../../lib/frame/lines.ts';
import { cutRun, type FramedRecord, type RecordRun } from '../../lib/frame/record.ts';

const options = (changes: Partial<LineFramerOptions> = {}): LineFramerOptions => ({
  start: 0,
  end: 1_000_000,
  skipPartial: false,
  startsFile: true,
  lineBytesMax: 20,
  ...changes,
});

interface Framer {
  push(bytes: Buffer): (FramedRecord | RecordRun)[];
  finish(): (FramedRecord | RecordRun)[];
  isDone(): boolean;
}

const framedBy = (framer: Framer, pieces: readonly Buffer[]): (FramedRecord | RecordRun)[] => {
  const framed = pieces.flatMap((piece) => (framer.isDone() ? [] : framer.push(piece)));
  return [...framed, ...framer.finish()];
};

/** Every record by itself. */
const singles = (framed: readonly (FramedRecord | RecordRun)[]) =>
  framed.flatMap((one) => {
    if (one.kind !== 'run') return [{ ...one, bytes: one.bytes.toString('latin1') }];
    return one.ends.map((_, index) => {
      const { offset, bytes } = cutRun(one, index, index + 1);
      const text = bytes.subarray(0, -1).toString('latin1');
      return { kind: 'record', offset, nextOffset: offset + bytes.length, bytes: text };
    });
  });

const cut = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

describe('createRunFramer', () => {
  it('keeps whole lines together that look like objects', () => {
    const file = Buffer.from('{"a":1}\n{}\n{"b":2}\n');
    const framed = framedBy(createRunFramer(options()), [file]);
    expect(framed).toEqual([{ kind: 'run', offset: 0, bytes: file, ends: [8, 11, 19] }]);
  });

  it('leaves lines alone that are cut, blank, strange, too long, or end with CRLF', () => {
    const file = Buffer.from('{"a":1}\n\n[1]\n{"b":2}\r\n{"long":"0123456789abcdef"}\n{"c":3}\n{"d"');
    const framed = framedBy(createRunFramer(options()), [file, Buffer.from(':4}')]);
    expect(framed.map(({ kind, offset }) => `${kind} ${offset}`)).toEqual([
      'run 0',
      'record 9',
      'record 13',
      'oversized 22',
      'run 50',
      'record 58',
    ]);
  });

  it('takes no line that begins behind the range', () => {
    const file = Buffer.from('{"a":1}\n{"b":2}\n{"c":3}\n');
    const framer = createRunFramer(options({ end: 9 }));
    expect(singles(framedBy(framer, [file])).map(({ offset }) => offset)).toEqual([0, 8]);
    expect(framer.isDone()).toBe(true);
  });

  it('frames the same records as the line framer, wherever pieces are cut and ranges begin and end', () => {
    const line = fc.constantFrom(
      '{}',
      '{"a":1}',
      '',
      ' ',
      '[]',
      '{"a":1}\r',
      '{"é":"漢"}',
      `{"long":"${'x'.repeat(30)}"}`,
      '\ufeff{}',
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 12 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 50 }),
        fc.nat(120),
        fc.nat(120),
        (lines, endsWithNewline, size, from, length) => {
          const file = Buffer.from(`\ufeff${lines.join('\n')}${endsWithNewline ? '\n' : ''}`);
          const start = Math.min(from, file.length);
          const settings = options({ start, end: start + length, skipPartial: start > 0 });
          const pieces = cut(file.subarray(start), size);
          const expected = singles(framedBy(createLineFramer(settings), pieces));
          expect(singles(framedBy(createRunFramer(settings), pieces))).toEqual(expected);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
