import type { Type, types } from 'avsc';
import { printBinary, printPlain, printText } from '../json-text.ts';
import { logicalPrinter } from './logical.ts';
import type { AvroReader } from './reader.ts';

/** Of UTF-8. */
const CHARACTER_BYTES_MAX = 4;

/** Reads one value and gives it as JSON text; undefined where it is null. Where the reader has no room, less is given. */
export type Print = (reader: AvroReader) => string | undefined;

/**
 * What reads values of a type. A type may hold itself, so each is made once.
 *
 * @param nameOf what a field or symbol of the schema is called in the file
 */
export const createPrinters = (nameOf: (name: string) => string): ((type: Type) => Print) => {
  const made = new Map<Type, Print>();
  const printerOf = (type: Type): Print => {
    const known = made.get(type);
    if (known) return known;
    let print: Print | undefined;
    made.set(type, (reader) => print!(reader));
    print = makePrinter(type, printerOf, nameOf);
    made.set(type, print);
    return print;
  };
  return printerOf;
};

const makePrinter = (
  type: Type,
  printerOf: (type: Type) => Print,
  nameOf: (name: string) => string,
): Print => {
  const { typeName } = type;
  if (isLogical(type)) return logicalPrinter(type) ?? printerOf(type.underlyingType);
  if (isRecord(type)) {
    return printRecord(
      type.fields.map((field) => ({ key: keyText(nameOf(field.name)), print: printerOf(field.type) })),
    );
  }
  if (isUnion(type)) return printUnion(type.types.map(printerOf));
  if (isArray(type)) return printArray(printerOf(type.itemsType));
  if (isMap(type)) return printMap(printerOf(type.valuesType));
  if (isEnum(type)) return printSymbol(type.symbols.map((symbol) => JSON.stringify(nameOf(symbol))));
  if (isFixed(type)) return (reader) => printBytes(reader, reader.bytes(type.size), printBinary);
  const print = PRIMITIVES[typeName];
  if (print) return print;
  throw new Error(`there is no type ${typeName}`);
};

const isLogical = (type: Type): type is types.LogicalType => type.typeName.startsWith('logical:');
const isUnion = (type: Type): type is types.UnwrappedUnionType => type.typeName.startsWith('union:');
const isRecord = (type: Type): type is types.RecordType =>
  type.typeName === 'record' || type.typeName === 'error';
const isArray = (type: Type): type is types.ArrayType => type.typeName === 'array';
const isMap = (type: Type): type is types.MapType => type.typeName === 'map';
const isEnum = (type: Type): type is types.EnumType => type.typeName === 'enum';
const isFixed = (type: Type): type is types.FixedType => type.typeName === 'fixed';

const keyText = (name: string): string => `${JSON.stringify(name)}:`;

const leaf = (reader: AvroReader, text: string): string => (reader.hasRoom(text.length) ? text : '');

const printString = (reader: AvroReader): string =>
  printBytes(reader, reader.bytes(reader.length()), printText);

const PRIMITIVES: Readonly<Record<string, Print>> = {
  null: () => undefined,
  boolean: (reader) => leaf(reader, String(reader.bytes(1)[0] !== 0)),
  int: (reader) => leaf(reader, String(reader.long())),
  long: (reader) => leaf(reader, String(reader.long())),
  float: (reader) => leaf(reader, printPlain(reader.bytes(4).readFloatLE(0))),
  double: (reader) => leaf(reader, printPlain(reader.bytes(8).readDoubleLE(0))),
  bytes: (reader) => printBytes(reader, reader.bytes(reader.length()), printBinary),
  string: printString,
};

/** Bytes that cannot fit are never made a text. */
const printBytes = (reader: AvroReader, bytes: Buffer, print: (bytes: Buffer) => string): string => {
  const charsMin = bytes.length / CHARACTER_BYTES_MAX;
  if (charsMin <= reader.room()) return leaf(reader, print(bytes));
  reader.hasRoom(charsMin);
  return '';
};

const printRecord =
  (fields: readonly { readonly key: string; readonly print: Print }[]): Print =>
  (reader) => {
    reader.enter();
    let text = '';
    for (const { key, print } of fields) {
      const value = print(reader);
      if (value !== undefined && reader.hasRoom(key.length))
        text += `${text === '' ? '' : ','}${key}${value}`;
    }
    reader.leave();
    return `{${text}}`;
  };

const printUnion =
  (branches: readonly Print[]): Print =>
  (reader) =>
    branches[reader.choice(branches.length)]!(reader);

const printSymbol =
  (texts: readonly string[]): Print =>
  (reader) =>
    leaf(reader, texts[reader.choice(texts.length)]!);

/** Null is an item like any other. */
const printArray =
  (print: Print): Print =>
  (reader) => {
    reader.enter();
    let text = '';
    for (let items = reader.itemCount(); items > 0; items = reader.itemCount()) {
      for (let item = 0; item < items; item++) {
        const value = print(reader) ?? 'null';
        if (reader.hasRoom(1)) text += `${text === '' ? '' : ','}${value}`;
      }
    }
    reader.leave();
    return `[${text}]`;
  };

/** Values that are null are left out, as fields of records are. */
const printMap =
  (print: Print): Print =>
  (reader) => {
    reader.enter();
    let text = '';
    for (let items = reader.itemCount(); items > 0; items = reader.itemCount()) {
      for (let item = 0; item < items; item++) {
        const key = printString(reader);
        const value = print(reader);
        if (value !== undefined && reader.hasRoom(1)) text += `${text === '' ? '' : ','}${key}:${value}`;
      }
    }
    reader.leave();
    return `{${text}}`;
  };
