import type { LineSlab } from './line-slab.ts';
import { NO_NAME, type RecordMembers } from './record-members.ts';
import { MEMBERS_MAX } from './scan-members.ts';
import { NOBODY, type SplicedFields } from './splice-fields.ts';
import { DISTINCT_ID, INSERT_ID, PROPERTIES, type SplicePlan, TIME } from './splice-plan.ts';

const COMMA = Buffer.from(',');

/** The members of a record that become properties as they stand. */
export interface SplicedRest {
  /** Finds them. @returns false where one of the record has the key of one of its `properties` */
  mark(fields: SplicedFields): boolean;
  /** Puts them, each row of them with a comma behind it. */
  put(slab: LineSlab): void;
}

export const createRest = (plan: SplicePlan, members: RecordMembers): SplicedRest => {
  const isLeft = new Uint8Array(MEMBERS_MAX);

  const isLeftOver = (member: number, isInner: boolean, fields: SplicedFields): boolean => {
    const name = members.nameOf(member);
    if (name === NO_NAME) return true;
    if (name === TIME) return member === fields.time.member;
    if (name === INSERT_ID) return member === fields.insertId.member;
    if (name === DISTINCT_ID && fields.identity !== NOBODY) return member === fields.identity.member;
    if (isInner) return !fields.isMovedInside[name];
    return !plan.isMoved[name] && (name !== PROPERTIES || members.innerFrom() === 0);
  };

  const isTwice = (outer: number): boolean => {
    for (let inner = members.innerFrom(); inner < members.innerTo(); inner++)
      if (isLeft[inner] === 1 && members.haveSameKey(outer, inner)) return true;
    return false;
  };

  const mark = (fields: SplicedFields): boolean => {
    let outerCount = 0;
    for (let member = 0; member < members.count(); member++) {
      const isInner = members.isInner(member);
      isLeft[member] = Number(isLeftOver(member, isInner, fields));
      if (!isInner) outerCount += isLeft[member]!;
    }
    if (outerCount === 0 || members.innerFrom() === members.innerTo()) return true;
    for (let member = 0; member < members.count(); member++)
      if (isLeft[member] === 1 && !members.isInner(member) && isTwice(member)) return false;
    return true;
  };

  /** Behind those that stand side by side in the text, from this one on. */
  const endOfRow = (from: number): number => {
    let to = from + 1;
    while (to < members.count() && isLeft[to] === 1 && to !== members.innerTo()) to += 1;
    return to;
  };

  const put = (slab: LineSlab): void => {
    for (let from = 0; from < members.count(); from++) {
      if (isLeft[from] === 0) continue;
      const to = endOfRow(from);
      const { bytes, start, end } = members.textOf(from, to);
      slab.put(bytes, start, end);
      slab.put(COMMA, 0, COMMA.length);
      from = to - 1;
    }
  };

  return { mark, put };
};
