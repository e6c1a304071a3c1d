import type { SchemaElement } from 'hyparquet';
import { boundScale, decimalText, printDecimal, printDecimalBytes } from '../json-decimal.ts';
import { printBinary, printDuration, printPlain, printText, printUuid } from '../json-text.ts';
import { printDate, printTime, printTimestamp } from '../json-time.ts';

/** JSON text of a value as it stands in a page: a number, a bigint or bytes, as the type of the column says. */
export type Print = (value: never) => string;

const NANOS_PER_DAY = 86_400_000_000_000n;
/** Julian day of 1970-01-01. */
const EPOCH_DAY = 2_440_588n;
const FRACTION_DIGITS = { MILLIS: 3, MICROS: 6, NANOS: 9 } as const;

/**
 * How values of a leaf become JSON text.
 *
 * @param isJson the recipe says that texts of this column hold JSON
 * @returns undefined where numbers and booleans are what they are
 */
export const printerOf = (element: SchemaElement, isJson: boolean): Print | undefined => {
  const { type } = element;
  if (type === 'INT96') return printInt96;
  if (isDecimal(element)) return decimalPrinter(element.scale ?? 0);
  if (type === 'INT32') return int32Printer(element);
  if (type === 'INT64') return int64Printer(element);
  if (type === 'BYTE_ARRAY') return isJson || isAnnotated(element, 'JSON') ? printJsonText : printText;
  if (type === 'FIXED_LEN_BYTE_ARRAY') return fixedPrinter(element);
  return undefined;
};

const isAnnotated = ({ logical_type, converted_type }: SchemaElement, name: string): boolean =>
  logical_type?.type === name || converted_type === name;

const isDecimal = (element: SchemaElement): boolean =>
  isAnnotated(element, 'DECIMAL') &&
  ['INT32', 'INT64', 'BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY'].includes(element.type ?? '');

const decimalPrinter = (declaredScale: number): Print => {
  const scale = boundScale(declaredScale);
  return (value: number | bigint | Uint8Array): string =>
    value instanceof Uint8Array
      ? printDecimalBytes(value, scale)
      : printDecimal(decimalText(BigInt(value), scale));
};

const int32Printer = (element: SchemaElement): Print | undefined => {
  if (isAnnotated(element, 'DATE')) return (days: number): string => printDate(days);
  if (isTime(element)) return (value: number): string => printTime(value, digitsOf(element));
  if (isUnsigned(element, 32)) return (value: number): string => String(value >>> 0);
  return undefined;
};

const int64Printer = (element: SchemaElement): Print | undefined => {
  const digits = digitsOf(element);
  if (isTimestamp(element)) {
    const zone = isUtc(element) ? 'Z' : '';
    return (value: bigint): string => printTimestamp(value, digits, zone);
  }
  if (isTime(element)) return (value: bigint): string => printTime(value, digits);
  if (isUnsigned(element, 64)) return (value: bigint): string => String(BigInt.asUintN(64, value));
  return undefined;
};

const isTime = ({ logical_type, converted_type }: SchemaElement): boolean =>
  logical_type?.type === 'TIME' || converted_type === 'TIME_MILLIS' || converted_type === 'TIME_MICROS';

const isTimestamp = ({ logical_type, converted_type }: SchemaElement): boolean =>
  logical_type?.type === 'TIMESTAMP' || converted_type?.startsWith('TIMESTAMP_') === true;

/** The older annotation means UTC (https://github.com/apache/parquet-format/blob/master/LogicalTypes.md). */
const isUtc = ({ logical_type }: SchemaElement): boolean =>
  logical_type?.type !== 'TIMESTAMP' || logical_type.isAdjustedToUTC;

const isUnsigned = ({ logical_type, converted_type }: SchemaElement, bits: number): boolean =>
  converted_type === `UINT_${bits}` ||
  (logical_type?.type === 'INTEGER' && !logical_type.isSigned && logical_type.bitWidth === bits);

const digitsOf = ({ logical_type, converted_type }: SchemaElement): number => {
  if (logical_type?.type === 'TIME' || logical_type?.type === 'TIMESTAMP')
    return FRACTION_DIGITS[logical_type.unit];
  return converted_type?.endsWith('MILLIS') ? FRACTION_DIGITS.MILLIS : FRACTION_DIGITS.MICROS;
};

/** Nanoseconds of the day below, Julian day above; what zone it is in, the format does not say. */
const printInt96 = (value: bigint): string => {
  const nanosOfDay = BigInt.asUintN(64, value);
  const day = (value >> 64n) - EPOCH_DAY;
  return printTimestamp(day * NANOS_PER_DAY + nanosOfDay, FRACTION_DIGITS.NANOS, '');
};

const fixedPrinter = (element: SchemaElement): Print => {
  if (isAnnotated(element, 'UUID') && element.type_length === 16) return printUuid;
  if (isAnnotated(element, 'FLOAT16') && element.type_length === 2) return printFloat16;
  if (element.converted_type === 'INTERVAL' && element.type_length === 12) return printDuration;
  return printBinary;
};

const printFloat16 = (bytes: Uint8Array): string => {
  const bits = bytes[0]! | (bytes[1]! << 8);
  const exponent = (bits >> 10) & 0x1f;
  if (exponent === 0x1f) return 'null';
  const fraction = (bits & 0x3ff) / 1024;
  const size = exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15);
  return printPlain(bits >> 15 ? -size : size);
};

/** Text that is JSON as it stands, on one line; other text as text. */
const printJsonText = (bytes: Uint8Array): string => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    JSON.parse(text);
  } catch {
    return printText(bytes);
  }
  // Between tokens only: inside a string JSON has them escaped.
  return text.replace(/[\r\n]+/g, ' ').trim();
};
