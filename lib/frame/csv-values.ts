import { parseTime } from '../transform/time.ts';
import type { CsvSettings } from './csv-settings.ts';

/** A value of a column as JSON text; undefined when it cannot be of the column's type. */
export type ValueWriter = (text: string) => string | undefined;

const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Leading zeros are not told apart here: two runs of digits beside each other would be tried in every way. */
const LOOSE_NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?([eE][+-]?\d+)?$/;
const TRUE = /^(?:true|t|yes|y|1)$/i;
const FALSE = /^(?:false|f|no|n|0)$/i;
/** Seconds up to this, milliseconds above. */
const SECONDS_MAX = 9_999_999_999;

/** Of a type by recipe, or what the text itself says. */
export const valueWriter = (type: CsvSettings['types'][string] | undefined, infers: boolean): ValueWriter =>
  type ? TYPED[type] : infers ? inferred : quoted;

const quoted = (text: string): string => JSON.stringify(text);

/** A number where writing it gives the same text again, so that no id, code or amount changes. */
const inferred = (text: string): string => {
  if (text === 'true' || text === 'false') return text;
  const number = DECIMAL.test(text) ? Number(text) : Number.NaN;
  return String(number) === text && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? text : quoted(text);
};

const numberText = (text: string): string | undefined => {
  const trimmed = text.trim();
  if (JSON_NUMBER.test(trimmed)) return trimmed;
  const [isNumber, sign, whole = '', fraction = '', exponent = ''] = LOOSE_NUMBER.exec(trimmed) ?? [];
  if (!isNumber || !/\d/.test(trimmed.replace(/[eE].*/, ''))) return undefined;
  return `${sign === '-' ? '-' : ''}${whole.replace(/^0+/, '') || '0'}${fraction && `.${fraction}`}${exponent}`;
};

const booleanText = (text: string): string | undefined => {
  const trimmed = text.trim();
  if (TRUE.test(trimmed)) return 'true';
  return FALSE.test(trimmed) ? 'false' : undefined;
};

const dateText = (text: string): string | undefined => {
  const time = parseTime(text);
  if (time === undefined) return undefined;
  const isSeconds = /^\s*\d+\s*$/.test(text) && time <= SECONDS_MAX;
  const date = new Date(isSeconds ? time * 1000 : time);
  return Number.isNaN(date.getTime()) ? undefined : quoted(date.toISOString());
};

const TYPED: Readonly<Record<CsvSettings['types'][string], ValueWriter>> = {
  string: quoted,
  number: numberText,
  boolean: booleanText,
  date: dateText,
};
