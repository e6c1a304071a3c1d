import { NOT_JSON, skipColon, skipPlainString, skipSpace, skipValue } from './json-skip.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const PROPERTIES = Buffer.from('properties');

/** Records of more members than this are left to a parser. */
export const MEMBERS_MAX = 512;

/** What is noted of a member, each a number: where its key begins and ends, without quotes, and where its value does. */
export const KEY_START = 0;
export const KEY_END = 1;
export const VALUE_START = 2;
export const VALUE_END = 3;
export const MEMBER_CELLS = 4;
/** Before all members: the first that stands in `properties`, and the one behind the last. Both 0 where that is no object. */
export const INNER_FROM = 0;
export const INNER_TO = 1;
export const HEAD_CELLS = 4;
export const TABLE_CELLS = HEAD_CELLS + MEMBERS_MAX * MEMBER_CELLS;

/**
 * Notes where the members of a record stand, and behind the one with the key `properties` those of that object, if it
 * is one.
 *
 * @param bytes UTF-8 that ends, at `end`, with a closing brace
 * @param table of `TABLE_CELLS` numbers; all are indices in `bytes`
 * @returns how many there are, or 0 where a parser has to look: at no JSON, an escaped key, or more than can be noted
 */
export const scanMembers = (bytes: Uint8Array, start: number, end: number, table: Int32Array): number => {
  table[INNER_FROM] = 0;
  table[INNER_TO] = 0;
  const scan = { bytes, end, table, count: 0 };
  return scanObject(scan, skipSpace(bytes, start), true) === end ? scan.count : 0;
};

interface Scan {
  readonly bytes: Uint8Array;
  readonly end: number;
  readonly table: Int32Array;
  count: number;
}

const scanObject = (scan: Scan, from: number, isOuter: boolean): number => {
  const { bytes, end } = scan;
  if (bytes[from] !== OPEN_OBJECT) return NOT_JSON;
  let at = skipSpace(bytes, from + 1);
  if (bytes[at] === CLOSE_OBJECT) return at + 1;
  for (;;) {
    const keyEnd = bytes[at] === QUOTE ? skipPlainString(bytes, at + 1, end) : NOT_JSON;
    if (keyEnd === NOT_JSON || scan.count === MEMBERS_MAX) return NOT_JSON;
    at = scanMember(scan, { keyStart: at + 1, keyEnd: keyEnd - 1, isOuter });
    if (at === NOT_JSON) return NOT_JSON;
    at = skipSpace(bytes, at);
    if (bytes[at] === CLOSE_OBJECT) return at + 1;
    if (bytes[at] !== COMMA) return NOT_JSON;
    at = skipSpace(bytes, at + 1);
  }
};

interface Key {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly isOuter: boolean;
}

const scanMember = (scan: Scan, { keyStart, keyEnd, isOuter }: Key): number => {
  const { bytes, end, table } = scan;
  const valueStart = skipColon(bytes, keyEnd + 1);
  if (valueStart === NOT_JSON) return NOT_JSON;
  const cell = HEAD_CELLS + scan.count * MEMBER_CELLS;
  scan.count += 1;
  const isInner = isOuter && bytes[valueStart] === OPEN_OBJECT && isProperties(bytes, keyStart, keyEnd);
  const at = isInner ? scanInner(scan, valueStart) : skipValue(bytes, valueStart, end);
  table[cell + KEY_START] = keyStart;
  table[cell + KEY_END] = keyEnd;
  table[cell + VALUE_START] = valueStart;
  table[cell + VALUE_END] = at;
  return at;
};

const isProperties = (bytes: Uint8Array, from: number, to: number): boolean =>
  to - from === PROPERTIES.length && PROPERTIES.every((byte, index) => bytes[from + index] === byte);

/** Which comes once only. */
const scanInner = (scan: Scan, from: number): number => {
  if (scan.table[INNER_FROM] !== 0) return NOT_JSON;
  scan.table[INNER_FROM] = scan.count;
  const at = scanObject(scan, from, false);
  scan.table[INNER_TO] = scan.count;
  return at;
};
