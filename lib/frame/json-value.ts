import {
  CLOSES,
  ENDS_LINE,
  endOfString,
  MEANING,
  PLAIN,
  SEPARATES,
  STRING,
  UNFINISHED_ESCAPE,
} from './json-bytes.ts';

export interface ValueSkipper {
  /** A container or a string begins with the byte that is given next. */
  begin(): void;
  /** @returns the index behind the value, or -1 when it goes on behind the bytes */
  skip(bytes: Buffer, from: number): number;
  /** It has line ends outside of its strings. */
  isOverLines(): boolean;
}

/** Finds the end of a container or a string by counting depth, so that any depth takes the same memory. */
export const createValueSkipper = (): ValueSkipper => {
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  let isOverLines = false;

  const begin = (): void => {
    depth = 0;
    isInString = false;
    isEscaped = false;
    isOverLines = false;
  };

  const skipString = (bytes: Buffer, from: number): number => {
    const end = endOfString(bytes, from);
    isInString = end < 0;
    isEscaped = end === UNFINISHED_ESCAPE;
    return end < 0 ? bytes.length : end;
  };

  const skip = (bytes: Buffer, from: number): number => {
    const { length } = bytes;
    let at = isInString ? skipString(bytes, isEscaped ? from + 1 : from) : from;
    if (isInString) return -1;
    // A string that is a value of its own.
    if (depth === 0 && at > from) return at;
    let open = depth;
    while (at < length) {
      const meaning = MEANING[bytes[at++]!]!;
      if (meaning === PLAIN || meaning === SEPARATES) continue;
      if (meaning === ENDS_LINE) isOverLines = true;
      else if (meaning === STRING) at = skipString(bytes, at);
      else open += meaning === CLOSES ? -1 : 1;
      if (open > 0 || isInString) continue;
      return at;
    }
    depth = open;
    return -1;
  };

  return { begin, skip, isOverLines: () => isOverLines };
};
