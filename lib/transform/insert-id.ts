import { hash } from 'node:crypto';
import { isObject, type JsonObject } from './parse-json.ts';

/** Mixpanel takes up to 36 bytes of `A-Za-z0-9-`. */
const LEGAL = /^[A-Za-z0-9-]{1,36}$/;
export const INSERT_ID_BYTES_MAX = 36;
const HEX_CHARS = 36;

/** Anything but what JSON writes as it is; of surrogates only those without their other half matter, but all are looked at. */
const ESCAPED = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/** Values that Mixpanel refuses as `$insert_id` and `distinct_id`; whether it minds their case is not documented, so no case is used. */
const BANNED = new Set(
  '00000000-0000-0000-0000-000000000000 anon anonymous nil none null n/a na undefined unknown <nil> 0 -1 true false [] {}'.split(
    ' ',
  ),
);

/** By length. */
const BANNED_WORDS: readonly (readonly Buffer[])[] = Array.from(
  { length: INSERT_ID_BYTES_MAX + 1 },
  (_, length) => [...BANNED].filter((word) => word.length === length).map((word) => Buffer.from(word)),
);
/** Makes a small letter of a capital one, and leaves digits and hyphens as they are. */
const LOWER_CASE = 0x20;

/** Whether an id of so many bytes of `A-Za-z0-9-`, which stands at `from`, is a banned word. */
export const isBannedAt = (bytes: Uint8Array, from: number, length: number): boolean => {
  for (const word of BANNED_WORDS[length]!) if (isWordAt(bytes, from, word)) return true;
  return false;
};

const isWordAt = (bytes: Uint8Array, from: number, word: Buffer): boolean => {
  for (let index = 0; index < word.length; index++)
    if ((bytes[from + index]! | LOWER_CASE) !== word[index]) return false;
  return true;
};

/** The id as it may be sent, or undefined when it must be replaced. */
export const legalInsertId = (value: unknown): string | undefined => {
  const id = Number.isSafeInteger(value) || isLongInteger(value) ? JSON.stringify(value) : value;
  return typeof id === 'string' && LEGAL.test(id) && !BANNED.has(id.toLowerCase()) ? id : undefined;
};

/** An integer beyond what a double holds, of which every digit was kept. */
const isLongInteger = (value: unknown): boolean => JSON.isRawJSON(value) && /^-?\d+$/.test(value.rawJSON);

/** The same for records of equal content, whatever the order of their keys or the file they stand in. */
export const contentInsertId = (record: JsonObject): string => digest(canonicalJson(record));

/** The same for each reading of one place in one version of a source. */
export const positionInsertId = (place: {
  readonly uri: string;
  readonly etag: string;
  /** Name of the file in the source that `offset` counts from, where that is an archive. */
  readonly entry?: string | undefined;
  readonly offset: number;
}): string => {
  const { uri, etag, entry, offset } = place;
  return digest(JSON.stringify([uri, etag, offset, ...(entry === undefined ? [] : [entry])]));
};

/** @param text of a record as {@link canonicalJson} writes it, or of a place */
export const digest = (text: string | Uint8Array): string => hash('sha256', text, 'hex').slice(0, HEX_CHARS);

/** JSON with sorted keys. Leaves are joined one by one, since a call of `JSON.stringify` for each takes most of the time. */
export const canonicalJson = (value: unknown): string => {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return canonicalArray(value);
  return isObject(value) ? canonicalObject(value) : JSON.stringify(value);
};

const canonicalArray = (values: readonly unknown[]): string => {
  let text = '';
  for (const value of values) text += `,${canonicalJson(value)}`;
  return `[${text.slice(1)}]`;
};

const canonicalObject = (value: JsonObject): string => {
  let text = '';
  for (const key of Object.keys(value).sort()) text += `,${quoted(key)}:${canonicalJson(value[key])}`;
  return `{${text.slice(1)}}`;
};

const quoted = (text: string): string => (ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`);
