import { type Span, spanOf } from './json-values.ts';
import type { RecordLook } from './record-look.ts';
import {
  HEAD_CELLS,
  INNER_FROM,
  INNER_TO,
  KEY_END,
  KEY_START,
  MEMBER_CELLS,
  MEMBERS_MAX,
  VALUE_END,
  VALUE_START,
} from './scan-members.ts';

/** Bytes that records stand in, and the look at them. */
export interface LookedAt {
  readonly bytes: Buffer;
  readonly look: RecordLook;
}

/** A value, and which member of the record it is of, or `NOWHERE`. */
export interface MemberValue extends Span {
  readonly member: number;
}

/** The members of the record that was read last, in the order of their text; `properties` comes before what it holds. */
export interface RecordMembers {
  /** @returns false where a parser has to look: also at a name that comes twice */
  read(text: LookedAt, start: number, end: number): boolean;
  count(): number;
  /** Those of the `properties` object: from (inclusive), to (exclusive), both 0 where there is none. */
  innerFrom(): number;
  innerTo(): number;
  isInner(member: number): boolean;
  /** Which of the names the member has, or `NO_NAME`. */
  nameOf(member: number): number;
  /** Whether it is a member, and has that name. */
  isNamed(member: number, name: number): boolean;
  /** The value of a name in the record itself. */
  outer(name: number): MemberValue | undefined;
  /** The value of a name in its `properties`. */
  inner(name: number): MemberValue | undefined;
  haveSameKey(one: number, other: number): boolean;
  /** The text of members that stand side by side: from (inclusive), to (exclusive). */
  textOf(from: number, to: number): Span;
}

export const NO_NAME = 255;
export const NOWHERE = -1;

/** A value that no record has as it stands. */
export const newValue = (json: string): MemberValue => ({ member: NOWHERE, ...spanOf(json) });

/** @param names that members are found by, fewer than `NO_NAME` */
export const createRecordMembers = (names: readonly string[]): RecordMembers => {
  const find = createNameFinder(names);
  const nameByMember = new Uint8Array(MEMBERS_MAX);
  /** By name: the member of the record, then that of the properties. */
  const places = new Int32Array(2 * names.length);
  let bytes: Buffer = Buffer.alloc(0);
  let cells: Int32Array = new Int32Array();
  let count = 0;

  const cell = (member: number, cell: number): number => cells[HEAD_CELLS + member * MEMBER_CELLS + cell]!;

  const isInner = (member: number): boolean => member >= cells[INNER_FROM]! && member < cells[INNER_TO]!;

  const valueAt = (place: number): MemberValue | undefined => {
    const member = places[place]!;
    if (member === NOWHERE) return undefined;
    return { member, bytes, start: cell(member, VALUE_START), end: cell(member, VALUE_END) };
  };

  const findNames = (): boolean => {
    places.fill(NOWHERE);
    for (let member = 0; member < count; member++) {
      const name = find(bytes, cell(member, KEY_START), cell(member, KEY_END));
      nameByMember[member] = name;
      if (name === NO_NAME) continue;
      const place = isInner(member) ? names.length + name : name;
      if (places[place] !== NOWHERE) return false;
      places[place] = member;
    }
    return true;
  };

  return {
    read: (text, start, end) => {
      bytes = text.bytes;
      cells = text.look.members;
      count = text.look.scan(start, end);
      return count > 0 && findNames();
    },
    count: () => count,
    innerFrom: () => cells[INNER_FROM]!,
    innerTo: () => cells[INNER_TO]!,
    isInner,
    nameOf: (member) => nameByMember[member]!,
    isNamed: (member, name) => member !== NOWHERE && nameByMember[member] === name,
    outer: valueAt,
    inner: (name) => valueAt(names.length + name),
    haveSameKey: (one, other) => {
      const [start, otherStart] = [cell(one, KEY_START), cell(other, KEY_START)];
      const length = cell(one, KEY_END) - start;
      if (cell(other, KEY_END) - otherStart !== length) return false;
      for (let index = 0; index < length; index++)
        if (bytes[start + index] !== bytes[otherStart + index]) return false;
      return true;
    },
    textOf: (from, to) => ({ bytes, start: cell(from, KEY_START) - 1, end: cell(to - 1, VALUE_END) }),
  };
};

type NameFinder = (bytes: Buffer, from: number, to: number) => number;

const createNameFinder = (names: readonly string[]): NameFinder => {
  const known = names.map((text, name) => ({ text: Buffer.from(text), name }));
  const lengthMax = Math.max(...known.map(({ text }) => text.length));
  const byLength = Array.from({ length: lengthMax + 1 }, (_, length) =>
    known.filter(({ text }) => text.length === length),
  );
  return (bytes, from, to) => {
    const candidates = byLength[to - from];
    if (candidates === undefined) return NO_NAME;
    for (const { text, name } of candidates) if (stands(bytes, from, text)) return name;
    return NO_NAME;
  };
};

const stands = (bytes: Buffer, from: number, text: Buffer): boolean => {
  for (let index = 0; index < text.length; index++) if (bytes[from + index] !== text[index]) return false;
  return true;
};
