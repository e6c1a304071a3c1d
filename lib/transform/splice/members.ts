import type { RecordLook } from '../record-look.ts';
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
} from '../scan-members.ts';
import { type Span, spanOf } from './json-values.ts';

/** Bytes that records stand in, and the look at them. */
export interface LookedAt {
  readonly bytes: Buffer;
  readonly look: RecordLook;
}

/** Where a record begins and ends in the bytes, and where in its object it begins. */
export interface RecordPlace {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/** A value, and which member of the record it is of, or `NOWHERE`. */
export interface MemberValue extends Span {
  readonly member: number;
}

/**
 * The members of the record that was read last, in the order of their text; `properties` comes before what it holds.
 * One object for all records, since nothing is to be made for each.
 */
export interface RecordMembers {
  bytes: Buffer;
  /** As `scanMembers` notes them. */
  cells: Int32Array;
  count: number;
  /** Those of the `properties` object: from (inclusive), to (exclusive), both 0 where there is none. */
  innerFrom: number;
  innerTo: number;
  /** Which of the names each has, or `NO_NAME`. */
  readonly names: Uint8Array;
  /** By name: the member of the record that has it, or `NOWHERE`; then those of the properties. */
  readonly places: Int32Array;
  readonly known: KnownNames;
}

/** Names that members are found by, each a number. */
interface KnownNames {
  readonly texts: readonly Buffer[];
  /** By length: the first name of it, or `NO_NAME`. */
  readonly firsts: Uint8Array;
  /** By name: the next one that is as long, or `NO_NAME`. */
  readonly nexts: Uint8Array;
}

export const NO_NAME = 255;
export const NOWHERE = -1;

/** @param names that members are found by, fewer than `NO_NAME` */
export const createRecordMembers = (names: readonly string[]): RecordMembers => ({
  bytes: Buffer.alloc(0),
  cells: new Int32Array(),
  count: 0,
  innerFrom: 0,
  innerTo: 0,
  names: new Uint8Array(MEMBERS_MAX),
  places: new Int32Array(2 * names.length),
  known: knownNames(names),
});

const knownNames = (names: readonly string[]): KnownNames => {
  const texts = names.map((name) => Buffer.from(name));
  const firsts = new Uint8Array(1 + Math.max(...texts.map(({ length }) => length))).fill(NO_NAME);
  const nexts = new Uint8Array(names.length);
  for (const [name, { length }] of texts.entries()) {
    nexts[name] = firsts[length]!;
    firsts[length] = name;
  }
  return { texts, firsts, nexts };
};

/** @returns false where a parser has to look: also at a name that comes twice */
export const readMembers = (
  members: RecordMembers,
  { bytes, look }: LookedAt,
  { start, end }: RecordPlace,
): boolean => {
  members.count = look.scan(start, end);
  members.bytes = bytes;
  members.cells = look.members;
  members.innerFrom = look.members[INNER_FROM]!;
  members.innerTo = look.members[INNER_TO]!;
  return members.count > 0 && findNames(members);
};

const findNames = (members: RecordMembers): boolean => {
  const { bytes, cells, count, names, places, known } = members;
  places.fill(NOWHERE);
  for (let member = 0; member < count; member++) {
    const cell = cellsOf(member);
    const name = nameAt(known, bytes, cells[cell + KEY_START]!, cells[cell + KEY_END]!);
    names[member] = name;
    if (name === NO_NAME) continue;
    const place = isInner(members, member) ? known.texts.length + name : name;
    if (places[place] !== NOWHERE) return false;
    places[place] = member;
  }
  return true;
};

const nameAt = ({ texts, firsts, nexts }: KnownNames, bytes: Buffer, from: number, to: number): number => {
  if (to - from >= firsts.length) return NO_NAME;
  let name = firsts[to - from]!;
  while (name !== NO_NAME && !stands(texts[name]!, bytes, from)) name = nexts[name]!;
  return name;
};

const stands = (text: Buffer, bytes: Buffer, from: number): boolean => {
  for (let index = 0; index < text.length; index++) if (bytes[from + index] !== text[index]) return false;
  return true;
};

export const isInner = ({ innerFrom, innerTo }: RecordMembers, member: number): boolean =>
  member >= innerFrom && member < innerTo;

/** The value of a name in the record itself. */
export const outerValue = (members: RecordMembers, name: number): MemberValue | undefined =>
  valueAt(members, members.places[name]!);

/** The value of a name in its `properties`. */
export const innerValue = (members: RecordMembers, name: number): MemberValue | undefined =>
  valueAt(members, members.places[members.known.texts.length + name]!);

const valueAt = (members: RecordMembers, member: number): MemberValue | undefined =>
  member === NOWHERE ? undefined : valueOfMember(members, member);

export const valueOfMember = ({ bytes, cells }: RecordMembers, member: number): MemberValue => {
  const cell = cellsOf(member);
  return { member, bytes, start: cells[cell + VALUE_START]!, end: cells[cell + VALUE_END]! };
};

/** Where what is noted of a member begins among the cells. */
export const cellsOf = (member: number): number => HEAD_CELLS + member * MEMBER_CELLS;

/** A value that no record has as it stands. */
export const newValue = (json: string): MemberValue => ({ member: NOWHERE, ...spanOf(json) });
