/** What the functions of this file give where there is no JSON, or none that they would judge. */
export const NOT_JSON = -1;

/** Deeper records are left to a parser, so that the stack is never used up. */
const DEPTH_MAX = 64;

const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const UNICODE_ESCAPE = 0x75;
const UNICODE_DIGITS = 4;

const LITERALS = new Map(['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]));

const flagsOf = (characters: string): Uint8Array => {
  const flags = new Uint8Array(256);
  for (const byte of Buffer.from(characters)) flags[byte] = 1;
  return flags;
};
const IS_SPACE = flagsOf(' \t\r\n');
const IS_ESCAPE = flagsOf('"\\/bfnrt');
const IS_HEX = flagsOf('0123456789abcdefABCDEF');
const IS_EXPONENT = flagsOf('eE');
/** Inside a string, all but a quote, a backslash and control characters. */
const IS_PLAIN = new Uint8Array(256).map((_, byte) =>
  Number(byte >= SPACE && byte !== QUOTE && byte !== BACKSLASH),
);

/*
 * Each takes bytes that are valid UTF-8 and the index where something begins, and gives the index behind it. `end` is
 * the end of the record: its last byte is a closing brace, so only a string can come to it and not know.
 */

export const skipSpace = (bytes: Uint8Array, from: number): number => {
  let at = from;
  while (IS_SPACE[bytes[at]!] === 1) at += 1;
  return at;
};

/** @param from behind the opening quote @returns behind the closing one */
export const skipString = (bytes: Uint8Array, from: number, end: number): number => {
  let at = from;
  for (;;) {
    while (at < end && IS_PLAIN[bytes[at]!] === 1) at += 1;
    if (at >= end) return NOT_JSON;
    if (bytes[at] === QUOTE) return at + 1;
    if (bytes[at] !== BACKSLASH) return NOT_JSON;
    at = skipEscape(bytes, at + 1);
    if (at === NOT_JSON) return NOT_JSON;
  }
};

/** As {@link skipString}, but not over an escape. */
export const skipPlainString = (bytes: Uint8Array, from: number, end: number): number => {
  let at = from;
  while (at < end && IS_PLAIN[bytes[at]!] === 1) at += 1;
  return bytes[at] === QUOTE ? at + 1 : NOT_JSON;
};

const skipEscape = (bytes: Uint8Array, at: number): number => {
  if (IS_ESCAPE[bytes[at]!] === 1) return at + 1;
  if (bytes[at] !== UNICODE_ESCAPE) return NOT_JSON;
  for (let digit = at + 1; digit <= at + UNICODE_DIGITS; digit++) {
    if (IS_HEX[bytes[digit]!] !== 1) return NOT_JSON;
  }
  return at + 1 + UNICODE_DIGITS;
};

/** Any value, with no space before it. */
export const skipValue = (bytes: Uint8Array, at: number, end: number, depth = 0): number => {
  const first = bytes[at]!;
  if (first === QUOTE) return skipString(bytes, at + 1, end);
  if (first <= NINE) return skipNumber(bytes, at);
  if (first === OPEN_OBJECT) return skipObject(bytes, at, end, depth + 1);
  if (first === OPEN_ARRAY) return skipArray(bytes, at, end, depth + 1);
  return skipLiteral(bytes, at);
};

const skipLiteral = (bytes: Uint8Array, at: number): number => {
  const literal = LITERALS.get(bytes[at]!);
  if (literal === undefined) return NOT_JSON;
  for (let index = 1; index < literal.length; index++) {
    if (bytes[at + index] !== literal[index]) return NOT_JSON;
  }
  return at + literal.length;
};

const skipNumber = (bytes: Uint8Array, from: number): number => {
  let at = skipInteger(bytes, from);
  if (at !== NOT_JSON && bytes[at] === DOT) at = skipDigits(bytes, at + 1);
  if (at === NOT_JSON || IS_EXPONENT[bytes[at]!] !== 1) return at;
  const sign = bytes[at + 1];
  return skipDigits(bytes, sign === PLUS || sign === MINUS ? at + 2 : at + 1);
};

/** As JSON writes it: without a zero before other digits. */
export const skipInteger = (bytes: Uint8Array, from: number): number => {
  const at = bytes[from] === MINUS ? from + 1 : from;
  return bytes[at] === ZERO ? at + 1 : skipDigits(bytes, at);
};

const skipDigits = (bytes: Uint8Array, from: number): number => {
  let at = from;
  while (bytes[at]! >= ZERO && bytes[at]! <= NINE) at += 1;
  return at === from ? NOT_JSON : at;
};

const skipArray = (bytes: Uint8Array, from: number, end: number, depth: number): number => {
  if (depth > DEPTH_MAX) return NOT_JSON;
  let at = skipSpace(bytes, from + 1);
  if (bytes[at] === CLOSE_ARRAY) return at + 1;
  for (;;) {
    at = skipValue(bytes, at, end, depth);
    if (at === NOT_JSON) return NOT_JSON;
    at = skipSpace(bytes, at);
    if (bytes[at] === CLOSE_ARRAY) return at + 1;
    if (bytes[at] !== COMMA) return NOT_JSON;
    at = skipSpace(bytes, at + 1);
  }
};

const skipObject = (bytes: Uint8Array, from: number, end: number, depth: number): number => {
  if (depth > DEPTH_MAX) return NOT_JSON;
  let at = skipSpace(bytes, from + 1);
  if (bytes[at] === CLOSE_OBJECT) return at + 1;
  for (;;) {
    if (bytes[at] !== QUOTE) return NOT_JSON;
    at = skipString(bytes, at + 1, end);
    at = at === NOT_JSON ? at : skipColon(bytes, at);
    at = at === NOT_JSON ? at : skipValue(bytes, at, end, depth);
    if (at === NOT_JSON) return NOT_JSON;
    at = skipSpace(bytes, at);
    if (bytes[at] === CLOSE_OBJECT) return at + 1;
    if (bytes[at] !== COMMA) return NOT_JSON;
    at = skipSpace(bytes, at + 1);
  }
};

/** The colon behind a key, with what space is around it. */
export const skipColon = (bytes: Uint8Array, from: number): number => {
  const at = skipSpace(bytes, from);
  return bytes[at] === COLON ? skipSpace(bytes, at + 1) : NOT_JSON;
};
