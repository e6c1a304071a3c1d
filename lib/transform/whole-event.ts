import { INSERT_ID_BYTES_MAX, isBannedAt } from './insert-id.ts';
import {
  NOT_JSON,
  skipColon,
  skipInteger,
  skipPlainString,
  skipSpace,
  skipString,
  skipValue,
} from './json-skip.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const DOT = 0x2e;
const CAPITAL_EXPONENT = 0x45;
const BACKSLASH = 0x5c;
const EXPONENT = 0x65;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** Printable ASCII that stands for itself: a name that begins with it is not blank. */
const PRINTABLE_MIN = 0x21;
const PRINTABLE_MAX = 0x7e;
/** Digits that a double holds for certain, and a sign. */
const TIME_BYTES_MAX = 16;

const IS_ID = new Uint8Array(256).map((_, byte) => Number(/[A-Za-z0-9-]/.test(String.fromCharCode(byte))));

const EVENT = Buffer.from('event');
const PROPERTIES = Buffer.from('properties');

/** What an event must have, as bits. */
const HAS_TIME = 1;
const HAS_ID = 2;
const HAS_DISTINCT_ID = 4;
const HAS_USER_ID = 8;
const HAS_DEVICE_ID = 16;
const HAS_IDENTITY = HAS_DISTINCT_ID | HAS_USER_ID | HAS_DEVICE_ID;

/** By length: what is looked at among the properties. */
const FIELDS: readonly (readonly { readonly name: Buffer; readonly bit: number }[])[] = (() => {
  const bits = {
    time: HAS_TIME,
    $insert_id: HAS_ID,
    distinct_id: HAS_DISTINCT_ID,
    $user_id: HAS_USER_ID,
    $device_id: HAS_DEVICE_ID,
  };
  const fields = Object.entries(bits).map(([name, bit]) => ({ name: Buffer.from(name), bit }));
  const lengthMax = Math.max(...fields.map(({ name }) => name.length));
  return Array.from({ length: lengthMax + 1 }, (_, length) =>
    fields.filter(({ name }) => name.length === length),
  );
})();

/**
 * Whether the bytes from `start` to `end`, which are UTF-8 and end with a closing brace, are certainly an event that
 * Mixpanel takes: it can then be sent as it is. Makes no object, which is most of what a parser's work costs. Where
 * this says no, a parser has to look: an escaped key, a key that comes twice or a time in other digits is enough.
 */
export const isWholeEvent = (bytes: Uint8Array, start: number, end: number): boolean => {
  let at = skipSpace(bytes, start);
  if (bytes[at] !== OPEN_OBJECT) return false;
  at = skipSpace(bytes, at + 1);
  let hasEvent = false;
  let hasProperties = false;
  for (;;) {
    if (!hasEvent && isKey(bytes, at, EVENT)) {
      hasEvent = true;
      at = skipName(bytes, skipColon(bytes, at + EVENT.length + 2), end);
    } else if (!hasProperties && isKey(bytes, at, PROPERTIES)) {
      hasProperties = true;
      at = skipProperties(bytes, skipColon(bytes, at + PROPERTIES.length + 2), end);
    } else return false;
    if (at === NOT_JSON) return false;
    at = skipSpace(bytes, at);
    if (bytes[at] === CLOSE_OBJECT) return hasEvent && hasProperties && at === end - 1;
    if (bytes[at] !== COMMA) return false;
    at = skipSpace(bytes, at + 1);
  }
};

/** Whether a key stands here, quotes included. */
const isKey = (bytes: Uint8Array, at: number, name: Buffer): boolean =>
  bytes[at] === QUOTE && bytes[at + name.length + 1] === QUOTE && isName(bytes, at + 1, name);

const isName = (bytes: Uint8Array, at: number, name: Buffer): boolean => {
  for (let index = 0; index < name.length; index++) if (bytes[at + index] !== name[index]) return false;
  return true;
};

const skipName = (bytes: Uint8Array, at: number, end: number): number =>
  bytes[at] === QUOTE && beginsPrintable(bytes, at + 1) ? skipString(bytes, at + 1, end) : NOT_JSON;

/** Of a string, from behind its opening quote: so it is not blank. */
export const beginsPrintable = (bytes: Uint8Array, at: number): boolean => {
  const first = bytes[at]!;
  return first >= PRINTABLE_MIN && first <= PRINTABLE_MAX && first !== QUOTE && first !== BACKSLASH;
};

/** The properties, where they hold all that an event must have. */
const skipProperties = (bytes: Uint8Array, from: number, end: number): number => {
  if (bytes[from] !== OPEN_OBJECT) return NOT_JSON;
  let seen = 0;
  let filled = 0;
  let at = skipSpace(bytes, from + 1);
  for (;;) {
    const keyEnd = bytes[at] === QUOTE ? skipPlainString(bytes, at + 1, end) : NOT_JSON;
    if (keyEnd === NOT_JSON) return NOT_JSON;
    const bit = fieldBit(bytes, at + 1, keyEnd - 1);
    at = skipColon(bytes, keyEnd);
    if (at === NOT_JSON || (seen & bit) !== 0) return NOT_JSON;
    seen |= bit;
    if (bit !== 0 && isString(bytes, at, bit)) filled |= bit;
    at = skipProperty(bytes, at, { end, bit });
    if (at === NOT_JSON) return NOT_JSON;
    at = skipSpace(bytes, at);
    if (bytes[at] === CLOSE_OBJECT) break;
    if (bytes[at] !== COMMA) return NOT_JSON;
    at = skipSpace(bytes, at + 1);
  }
  const isWhole = (seen & HAS_TIME) !== 0 && (seen & HAS_ID) !== 0 && (filled & HAS_IDENTITY) !== 0;
  return isWhole ? at + 1 : NOT_JSON;
};

/** The bit of the field that a key names, or none. */
const fieldBit = (bytes: Uint8Array, from: number, to: number): number => {
  const fields = FIELDS[to - from];
  if (fields === undefined) return 0;
  for (const { name, bit } of fields) if (isName(bytes, from, name)) return bit;
  return 0;
};

/** An identity; only `distinct_id` may be empty. */
const isString = (bytes: Uint8Array, at: number, bit: number): boolean =>
  bytes[at] === QUOTE && (bit === HAS_DISTINCT_ID || bytes[at + 1] !== QUOTE);

const skipProperty = (
  bytes: Uint8Array,
  at: number,
  { end, bit }: { readonly end: number; readonly bit: number },
): number => {
  if (bit === HAS_TIME) return skipTime(bytes, at);
  return bit === HAS_ID ? skipInsertId(bytes, at) : skipValue(bytes, at, end);
};

const skipTime = (bytes: Uint8Array, from: number): number => {
  const at = skipInteger(bytes, from);
  return at - from <= TIME_BYTES_MAX && !goesOn(bytes[at]!) ? at : NOT_JSON;
};

/** A fraction or an exponent follows. */
const goesOn = (byte: number): boolean => byte === DOT || byte === EXPONENT || byte === CAPITAL_EXPONENT;

/** A string that is a legal id. */
export const skipInsertId = (bytes: Uint8Array, from: number): number => {
  let at = from + 1;
  while (IS_ID[bytes[at]!] === 1) at += 1;
  const length = at - from - 1;
  if (bytes[from] !== QUOTE || bytes[at] !== QUOTE || length === 0 || length > INSERT_ID_BYTES_MAX)
    return NOT_JSON;
  return isBannedAt(bytes, from + 1, length) ? NOT_JSON : at + 1;
};
