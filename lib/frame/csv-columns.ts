import type { CsvSettings } from './csv-settings.ts';
import { valueWriter } from './csv-values.ts';
import { FrameError } from './frame-error.ts';
import type { BrokenReason } from './record.ts';

const NAMES_SHOWN_MAX = 20;
const NAME_SHOWN_CHARS_MAX = 50;

/** Makes JSON of a row. */
export type RowWriter = (fields: readonly string[]) => string | BrokenReason;

/**
 * @param header fields of the record that names the columns, where the file has one
 * @throws {FrameError} `CSV_HEADER_INVALID` when header and recipe do not agree
 */
export const createRowWriter = (settings: CsvSettings, header: readonly string[] | undefined): RowWriter => {
  const names = columnNames(settings, header);
  const columns = names.map((name) => ({
    name,
    key: `${JSON.stringify(name)}:`,
    write: valueWriter(typeOf(settings, name), settings.infer),
  }));
  return (fields) => {
    if (fields.length !== columns.length) return raggedRow(fields.length, columns.length);
    const members: string[] = [];
    for (let index = 0; index < columns.length; index++) {
      const text = fields[index]!;
      if (text === '') continue;
      const { name, key, write } = columns[index]!;
      const value = write(text);
      if (value === undefined) return invalidValue(name, settings.types[name]);
      members.push(key + value);
    }
    return `{${members.join(',')}}`;
  };
};

const columnNames = (settings: CsvSettings, header: readonly string[] | undefined): readonly string[] => {
  const { columns, types } = settings;
  const names = unique(columns ?? header ?? []);
  if (columns && header && columns.length !== header.length) {
    throw new FrameError(
      'CSV_HEADER_INVALID',
      `The recipe names ${columns.length} columns (csv.columns); the first record of the file has ${header.length} fields. Name each of them, or set csv.header to false if the file has no header.`,
    );
  }
  const unknown = Object.keys(types).find((name) => !names.includes(name));
  if (unknown === undefined) return names;
  throw new FrameError(
    'CSV_HEADER_INVALID',
    `The recipe gives a type to ${quote(unknown)} (csv.types); the file has no such column but ${shown(names)}.`,
  );
};

const shown = (names: readonly string[]): string => {
  const more = names.length > NAMES_SHOWN_MAX ? ` and ${names.length - NAMES_SHOWN_MAX} more` : '';
  return `${names.slice(0, NAMES_SHOWN_MAX).map(quote).join(', ')}${more}`;
};

const quote = (name: string): string => JSON.stringify(name.slice(0, NAME_SHOWN_CHARS_MAX));

/** Names a column without a name by its place, from 1, and the second of two with the same name `name_2`. */
const unique = (names: readonly string[]): readonly string[] => {
  const taken = new Set(names);
  const given = new Set<string>();
  const counts = new Map<string, number>();
  return names.map((name, index) => {
    const wanted = name || `column_${index + 1}`;
    let count = counts.get(wanted) ?? 1;
    let free = wanted;
    while (given.has(free) || (free !== name && taken.has(free))) free = `${wanted}_${++count}`;
    counts.set(wanted, count);
    given.add(free);
    return free;
  });
};

const typeOf = ({ types }: CsvSettings, name: string) =>
  Object.hasOwn(types, name) ? types[name] : undefined;

const raggedRow = (fields: number, columns: number): BrokenReason => ({
  code: 'CSV_RAGGED_ROW',
  message: `The row has ${fields} fields; there are ${columns} columns.`,
});

const invalidValue = (name: string, type: string | undefined): BrokenReason => ({
  code: 'CSV_VALUE_INVALID',
  message: `The value of ${quote(name)} is no ${type} (csv.types).`,
});
