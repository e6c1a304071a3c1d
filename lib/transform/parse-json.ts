import { isUtf8 } from 'node:buffer';
import { type Rejection, reject } from './rejection.ts';

export type JsonObject = Record<string, unknown>;

/**
 * What a number may begin with that a double may not hold exactly: 16 digits, or an exponent after them. All numbers
 * of an object or array stand behind `:`, `[` or `,`, and few strings have that before so many digits.
 */
const RISKY_NUMBERS = /[:,[]\s*-?(?:\d{16}|[\d.]{17}|[\d.]+[eE])/;
/** The same of one number alone. */
const RISKY_NUMBER = /^-?(?:\d{16}|[\d.]{17}|[\d.]+[eE])/;

/**
 * Reads one record. Numbers beyond what a double holds come back as `JSON.rawJSON`, so that writing
 * them again gives the same digits.
 */
export const parseJsonRecord = (bytes: Buffer): JsonObject | Rejection => {
  if (!isUtf8(bytes)) return reject('INVALID_UTF8', 'The record is not valid UTF-8.');
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    if (error instanceof RangeError)
      return reject('NESTED_TOO_DEEP', 'The record is nested too deeply to be read.');
    return reject('INVALID_JSON', `The record is not valid JSON${positionIn(error)}.`);
  }
  if (isObject(value)) return value;
  return reject('NOT_AN_OBJECT', `The record is ${nameOf(value)}, not a JSON object.`);
};

/** @throws {SyntaxError | RangeError} as `JSON.parse` does */
export const parseJson = (text: string): unknown =>
  RISKY_NUMBERS.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);

const keepDigits = (_key: string, value: unknown, { source }: { source?: string }): unknown =>
  typeof value === 'number' && source !== undefined && RISKY_NUMBER.test(source) && String(value) !== source
    ? JSON.rawJSON(source)
    : value;

const positionIn = (error: unknown): string => {
  // At the end of the message only: before it, the parser may quote the record.
  const position = /at position (\d+)(?: \(line \d+ column \d+\))?$/.exec(String(error))?.[1];
  return position === undefined ? '' : ` at character ${position}`;
};

const nameOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (JSON.isRawJSON(value)) return 'a number';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
};
