import { canonicalJson, digest } from '../insert-id.ts';
import { parseJson } from '../parse-json.ts';
import { KEY_END, KEY_START } from '../scan-members.ts';
import {
  hasEscape,
  isNumber,
  isPlainNumber,
  isString,
  isWord,
  type Span,
  spanOf,
  textOf,
} from './json-values.ts';
import { createKeyOrder } from './key-order.ts';
import { beginLine, createLineSlab, lineOf, put, putByte, putBytes } from './line-slab.ts';
import { cellsOf, type RecordMembers, valueOfMember } from './members.ts';

const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * The id that `contentInsertId` gives of the record that was read last, which takes so many bytes, or undefined where
 * a parser has to look.
 */
export type ContentId = (recordBytes: number) => string | undefined;

export const createContentId = (members: RecordMembers): ContentId => {
  const order = createKeyOrder(members);
  const text = createLineSlab();

  const putObject = (sorted: Uint16Array): void => {
    const { bytes, cells, innerFrom } = members;
    putByte(text, OPEN_OBJECT);
    for (let rank = 0; rank < sorted.length; rank++) {
      const member = sorted[rank]!;
      const cell = cellsOf(member);
      if (rank > 0) putByte(text, COMMA);
      putBytes(text, bytes, cells[cell + KEY_START]! - 1, cells[cell + KEY_END]! + 1);
      putByte(text, COLON);
      if (member === innerFrom - 1) putObject(order.inner());
      else put(text, canonicalValue(valueOfMember(members, member)));
    }
    putByte(text, CLOSE_OBJECT);
  };

  return (recordBytes) => {
    if (!order.sort()) return undefined;
    // No value is longer than the record has it: it is written without space, and as short as can be.
    text.at = 0;
    beginLine(text, recordBytes);
    putObject(order.outer());
    const { bytes, start, end } = lineOf(text);
    return digest(bytes.subarray(start, end));
  };
};

/** As `canonicalJson` writes it: mostly as it stands. */
const canonicalValue = (value: Span): Span => {
  if (isString(value) && !hasEscape(value)) return value;
  if (isNumber(value) ? isPlainNumber(value) : isWord(value)) return value;
  return spanOf(canonicalJson(parseJson(`[${textOf(value)}]`)).slice(1, -1));
};
