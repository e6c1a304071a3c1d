import fc from 'fast-check';
import type { RecipeInput } from '../../lib/recipe/schema.ts';

/** A table, as text and as bytes, and the records that it holds. */
export interface CsvFile {
  readonly bytes: Buffer;
  readonly records: readonly Readonly<Record<string, string>>[];
  readonly csv: NonNullable<RecipeInput['csv']>;
}

interface Style {
  readonly delimiter: string;
  readonly lineEnd: string;
  readonly encoding: 'utf-8' | 'latin1' | 'utf-16le';
  readonly hasMark: boolean;
  readonly quotesAll: boolean;
  readonly header: boolean;
  readonly endsLine: boolean;
}

const style: fc.Arbitrary<Style> = fc
  .record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
    encoding: fc.constantFrom('utf-8', 'latin1', 'utf-16le'),
    hasMark: fc.boolean(),
    quotesAll: fc.boolean(),
    header: fc.boolean(),
    endsLine: fc.boolean(),
  })
  .map((any) => ({
    ...any,
    hasMark: any.hasMark && any.encoding !== 'latin1',
    lineEnd: any.encoding === 'utf-16le' && any.lineEnd === '\r' ? '\n' : any.lineEnd,
  }));

const cell = fc.oneof(
  fc.constantFrom(
    '',
    '1',
    '007',
    'a,b',
    'a;b|c\td',
    'say "x"',
    '"',
    '""',
    'two\nlines',
    'two\r\nlines',
    'cr\rhere',
    ' ',
    '\n',
  ),
  fc.constantFrom('é', '{"a":[1]}', 'true', '12345678901234567890'),
  fc.string({ maxLength: 6 }).filter((text) => /^[\x20-\x7e]*$/.test(text)),
);

const columns = fc.uniqueArray(fc.constantFrom('id', 'na,me', 'q"uote', 'li\nne', 'é', ' x', '__proto__'), {
  minLength: 1,
  maxLength: 4,
});

export const csvFile: fc.Arbitrary<CsvFile> = fc.tuple(style, columns).chain(([how, names]) =>
  fc
    .array(fc.array(cell, { minLength: names.length, maxLength: names.length }), { maxLength: 12 })
    .map((rows) =>
      fileOf(
        how,
        names,
        rows.filter((row) => row.some((text) => text !== '')),
      ),
    ),
);

const fileOf = (how: Style, names: readonly string[], rows: readonly string[][]): CsvFile => {
  const quote = (text: string): string =>
    how.quotesAll || /[",;|\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const all = how.header ? [names, ...rows] : rows;
  const lines = all.map((row) => row.map(quote).join(how.delimiter));
  const text = lines.join(how.lineEnd) + (how.endsLine && lines.length > 0 ? how.lineEnd : '');
  const { delimiter, encoding, header } = how;
  return {
    bytes: Buffer.from(`${how.hasMark ? '\ufeff' : ''}${text}`, encoding),
    records: rows.map((row) => recordOf(names, row)),
    csv: { delimiter, encoding, header, infer: false, ...(header ? {} : { columns: [...names] }) },
  };
};

const recordOf = (names: readonly string[], row: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name, index) => [name, row[index] ?? '']).filter(([, text]) => text !== ''));
