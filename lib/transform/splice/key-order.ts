import { KEY_END, KEY_START } from '../scan-members.ts';
import { cellsOf, type RecordMembers } from './members.ts';

/** From this byte on, UTF-8 may be in another order than the UTF-16 that JavaScript sorts by. */
const UNORDERED_MIN = 0xee;

/** Members in the order of their keys: those of the record itself, and those of its `properties`. */
export interface KeyOrder {
  /** @returns whether they could be sorted: false where a key comes twice, or with characters that are rare */
  sort(): boolean;
  outer(): Uint16Array;
  inner(): Uint16Array;
}

/** Records of one shape, as most of a file are, are sorted once: the next is only looked through. */
export const createKeyOrder = (members: RecordMembers): KeyOrder => {
  let outer = new Uint16Array();
  let inner = new Uint16Array();
  let innerFrom = 0;

  const isSameShape = (): boolean =>
    innerFrom === members.innerFrom &&
    inner.length === members.innerTo - members.innerFrom &&
    outer.length === members.count - inner.length;

  const begin = (): void => {
    const { count, innerTo } = members;
    innerFrom = members.innerFrom;
    const all = Uint16Array.from({ length: count }, (_, member) => member);
    inner = all.slice(innerFrom, innerTo);
    outer = all.filter((member) => member < innerFrom || member >= innerTo);
  };

  const compare = (one: number, other: number): number => compareKeys(members, one, other);
  const isSorted = (order: Uint16Array): boolean => {
    for (let rank = 1; rank < order.length; rank++)
      if (compare(order[rank - 1]!, order[rank]!) >= 0) return false;
    return true;
  };
  const sortKeys = (order: Uint16Array): boolean => isSorted(order) || isSorted(order.sort(compare));

  return {
    sort: () => {
      if (!isSameShape()) begin();
      return sortKeys(outer) && sortKeys(inner);
    },
    outer: () => outer,
    inner: () => inner,
  };
};

/** @returns 0 where they are the same, or may be in either order */
const compareKeys = ({ bytes, cells }: RecordMembers, one: number, other: number): number => {
  const oneStart = cells[cellsOf(one) + KEY_START]!;
  const otherStart = cells[cellsOf(other) + KEY_START]!;
  const oneLength = cells[cellsOf(one) + KEY_END]! - oneStart;
  const otherLength = cells[cellsOf(other) + KEY_END]! - otherStart;
  const length = Math.min(oneLength, otherLength);
  for (let index = 0; index < length; index++) {
    const [byte, otherByte] = [bytes[oneStart + index]!, bytes[otherStart + index]!];
    if (byte !== otherByte) return byte >= UNORDERED_MIN && otherByte >= UNORDERED_MIN ? 0 : byte - otherByte;
  }
  return oneLength - otherLength;
};
