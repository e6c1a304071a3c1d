import { KEY_END, KEY_START, MEMBERS_MAX, VALUE_END } from '../scan-members.ts';
import { NOBODY, type SplicedFields } from './fields.ts';
import { type LineSlab, putByte, putBytes } from './line-slab.ts';
import { cellsOf, isInner, NO_NAME, type RecordMembers } from './members.ts';
import { DISTINCT_ID, INSERT_ID, PROPERTIES, type SplicePlan, TIME } from './plan.ts';

const COMMA = 0x2c;

/** The members of a record that become properties as they stand. */
export interface SplicedRest {
  /** Finds them. @returns false where one of the record has the key of one of its `properties` */
  mark(fields: SplicedFields): boolean;
  /** Puts them, each row of them with a comma behind it. */
  put(slab: LineSlab): void;
}

export const createRest = (plan: SplicePlan, members: RecordMembers): SplicedRest => {
  const isLeft = new Uint8Array(MEMBERS_MAX);

  const mark = (fields: SplicedFields): boolean => {
    const { count, names } = members;
    let outerCount = 0;
    for (let member = 0; member < count; member++) {
      const isInside = isInner(members, member);
      const isRest = names[member] === NO_NAME || isNamedRest(member, isInside, fields);
      isLeft[member] = isRest ? 1 : 0;
      if (isRest && !isInside) outerCount += 1;
    }
    return outerCount === 0 || members.innerFrom === members.innerTo || !areAnyTwice();
  };

  const isNamedRest = (member: number, isInside: boolean, fields: SplicedFields): boolean => {
    const name = members.names[member]!;
    if (name === TIME) return member === fields.time.member;
    if (name === INSERT_ID) return member === fields.insertId.member;
    if (name === DISTINCT_ID && fields.identity !== NOBODY) return member === fields.identity.member;
    if (isInside) return !fields.isMovedInside[name];
    return !plan.isMoved[name] && (name !== PROPERTIES || members.innerFrom === 0);
  };

  const areAnyTwice = (): boolean => {
    for (let outer = 0; outer < members.count; outer++)
      if (isLeft[outer] === 1 && !isInner(members, outer) && isTwice(outer)) return true;
    return false;
  };

  const isTwice = (outer: number): boolean => {
    for (let inner = members.innerFrom; inner < members.innerTo; inner++)
      if (isLeft[inner] === 1 && haveSameKey(members, outer, inner)) return true;
    return false;
  };

  /** Behind those that stand side by side in the text, from this one on. */
  const endOfRow = (from: number): number => {
    let to = from + 1;
    while (to < members.count && isLeft[to] === 1 && to !== members.innerTo) to += 1;
    return to;
  };

  const put = (slab: LineSlab): void => {
    const { bytes, cells, count } = members;
    for (let from = 0; from < count; from++) {
      if (isLeft[from] === 0) continue;
      const to = endOfRow(from);
      const last = cellsOf(to - 1);
      putBytes(slab, bytes, cells[cellsOf(from) + KEY_START]! - 1, cells[last + VALUE_END]!);
      putByte(slab, COMMA);
      from = to - 1;
    }
  };

  return { mark, put };
};

const haveSameKey = ({ bytes, cells }: RecordMembers, one: number, other: number): boolean => {
  const oneCell = cellsOf(one);
  const otherCell = cellsOf(other);
  const start = cells[oneCell + KEY_START]!;
  const otherStart = cells[otherCell + KEY_START]!;
  const length = cells[oneCell + KEY_END]! - start;
  if (cells[otherCell + KEY_END]! - otherStart !== length) return false;
  for (let index = 0; index < length; index++)
    if (bytes[start + index] !== bytes[otherStart + index]) return false;
  return true;
};
