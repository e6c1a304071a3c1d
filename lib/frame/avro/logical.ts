import type { types } from 'avsc';
import { boundScale, printDecimalBytes } from '../json-decimal.ts';
import { printDuration, printUuid } from '../json-text.ts';
import { printDate, printTime, printTimestamp } from '../json-time.ts';
import type { Print } from './print.ts';
import type { AvroReader } from './reader.ts';

/** A type that says what its values mean; what else it says is in `attributes`. */
export interface AnnotatedType extends types.LogicalType {
  readonly attributes?: { readonly scale?: unknown };
}

const DURATION_BYTES = 12;
const UUID_BYTES = 16;
/** Of a unit of time: digits of a second's fraction. */
const FRACTION_DIGITS: Readonly<Record<string, number>> = { millis: 3, micros: 6, nanos: 9 };

/** All that values are printed by; others are printed as what they are stored as, as the specification asks. */
export const LOGICAL_TYPES = [
  'date',
  'time-millis',
  'time-micros',
  'timestamp-millis',
  'timestamp-micros',
  'timestamp-nanos',
  'local-timestamp-millis',
  'local-timestamp-micros',
  'local-timestamp-nanos',
  'decimal',
  'uuid',
  'duration',
];

/** What reads values of a logical type; undefined where it does not go with how they are stored. */
export const logicalPrinter = (type: AnnotatedType): Print | undefined => {
  const { underlyingType } = type;
  const [, name, unit] = /^logical:(.*?)(?:-(millis|micros|nanos))?$/.exec(type.typeName) ?? [];
  const isInteger = ['int', 'long'].includes(underlyingType.typeName);
  if (isInteger) return integerPrinter(name, FRACTION_DIGITS[unit ?? '']);
  const read = bytesReader(underlyingType);
  return read && bytesPrinter(name, type, read);
};

const integerPrinter = (name: string | undefined, digits: number | undefined): Print | undefined => {
  if (name === 'date') return inRoom((reader) => printDate(Number(reader.long())));
  if (digits === undefined) return undefined;
  if (name === 'time') return inRoom((reader) => printTime(reader.long(), digits));
  if (name === 'timestamp') return inRoom((reader) => printTimestamp(reader.long(), digits, 'Z'));
  if (name === 'local-timestamp') return inRoom((reader) => printTimestamp(reader.long(), digits, ''));
  return undefined;
};

type ReadBytes = (reader: AvroReader) => Buffer;

const bytesReader = (type: types.LogicalType['underlyingType']): ReadBytes | undefined => {
  if (type.typeName === 'bytes') return (reader) => reader.bytes(reader.length());
  return isFixed(type) ? (reader) => reader.bytes(type.size) : undefined;
};

const isFixed = (type: types.LogicalType['underlyingType']): type is types.FixedType =>
  type.typeName === 'fixed';

const bytesPrinter = (
  name: string | undefined,
  { attributes, underlyingType }: AnnotatedType,
  read: ReadBytes,
): Print | undefined => {
  const size = isFixed(underlyingType) ? underlyingType.size : undefined;
  const scale = boundScale(attributes?.scale);
  if (name === 'decimal') return inRoom((reader) => printDecimalBytes(read(reader), scale));
  if (name === 'uuid' && size === UUID_BYTES) return inRoom((reader) => printUuid(read(reader)));
  if (name === 'duration' && size === DURATION_BYTES) return inRoom((reader) => printDuration(read(reader)));
  return undefined;
};

const inRoom =
  (print: (reader: AvroReader) => string): Print =>
  (reader) => {
    const text = print(reader);
    return reader.hasRoom(text.length) ? text : '';
  };
