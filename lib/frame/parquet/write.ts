import { printPlain } from '../json-text.ts';
import { corrupt } from './corrupt.ts';

/** JSON text of a value as hyparquet assembled it; undefined where it is null. */
export type Write = (value: unknown) => string | undefined;

/** A field of a struct: `name` as hyparquet has it, `key` as JSON text with a colon. */
export interface Field {
  readonly name: string;
  readonly key: string;
  readonly write: Write;
}

/** Values of a leaf are JSON text already, unless they are plain numbers or booleans. */
export const writeLeaf: Write = (value) => {
  if (typeof value === 'string') return value;
  if (value === null) return undefined;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return printPlain(value);
  throw corrupt('a page has fewer values than it says, or an index that its dictionary does not have');
};

/** A struct; fields that are null are left out. */
export const writeGroup =
  (fields: readonly Field[]): Write =>
  (value) => {
    if (!isObject(value)) return undefined;
    let text = '';
    for (const { name, key, write } of fields) {
      const item = write(value[name]);
      if (item !== undefined) text += `${text === '' ? '' : ','}${key}${item}`;
    }
    return `{${text}}`;
  };

/** A field that repeats; null is an item like any other, and nothing at all is an empty list. */
export const writeRepeated =
  (item: Write): Write =>
  (value) =>
    `[${Array.isArray(value) ? value.map((each) => item(each) ?? 'null').join(',') : ''}]`;

/** A list or map is a struct of one repeated field. */
export const writeWrapped =
  (repeatedName: string, write: Write): Write =>
  (value) =>
    isObject(value) ? write(value[repeatedName]) : undefined;

/** What stands in a struct of one field, as the items of a list do. */
export const writeInner =
  ({ name, write }: Field): Write =>
  (value) =>
    isObject(value) ? write(value[name]) : undefined;

/** The entries of a map; values that are null are left out, as fields are. */
export const writeEntries =
  (key: Field, item: Field): Write =>
  (entries) => {
    let text = '';
    for (const entry of Array.isArray(entries) ? entries : []) {
      const value = isObject(entry) ? item.write(entry[item.name]) : undefined;
      if (value === undefined) continue;
      text += `${text === '' ? '' : ','}${asKey(key.write((entry as Record<string, unknown>)[key.name]))}:${value}`;
    }
    return `{${text}}`;
  };

/** Keys of JSON are strings, so a number or what else a key may be is quoted. */
const asKey = (text = 'null'): string => (text.startsWith('"') ? text : JSON.stringify(text));

/** What hyparquet made of a variant, a value that brings its own type. */
export const writeAny: Write = (value) =>
  value === null || value === undefined ? undefined : JSON.stringify(value, asJson);

const asJson = (_key: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return JSON.rawJSON(String(value));
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
