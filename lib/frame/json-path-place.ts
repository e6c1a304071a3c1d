const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
const COMMA = 0x2c;
/** More than any key of a path can have, every character of it escaped. */
const KEY_BYTES_MAX = 8 * 1024;
const KEYS_SHOWN_MAX = 20;
const KEY_SHOWN_CHARS_MAX = 50;

export interface PathPlace {
  begin(): void;
  /** Behind the array that was found. */
  resume(): void;
  /** @returns whether it is the array at the path */
  open(byte: number): boolean;
  close(): void;
  /** A byte between values. */
  separate(byte: number): void;
  /** The next string is a key that counts. */
  expectsKey(): boolean;
  /** @param name undefined when it is no key of any path */
  key(name: string | undefined): void;
  /** Containers that are open. */
  depth(): number;
  seen(): string;
}

/** Where in a document a reader stands, as far as a path of keys is concerned. */
export const createPathPlace = (path: readonly string[]): PathPlace => {
  const notes = createNotes(path);
  let depth = 0;
  /** Objects that are open along the path: keys count at this depth, and the next must be `path[level - 1]`. */
  let level = 0;
  let expectsKey = false;
  /** The next value is that of the path's next key. */
  let isNextValue = false;

  const standAt = (open: number): void => {
    depth = open;
    level = open;
    expectsKey = false;
    isNextValue = false;
  };

  const open = (byte: number): boolean => {
    const isOfPath = depth === 0 || (depth === level && isNextValue);
    const isWhole = isOfPath && level === path.length;
    depth++;
    if (isOfPath && !isWhole && byte === OPEN_OBJECT) level = depth;
    expectsKey = level === depth;
    isNextValue = false;
    return isWhole && byte === OPEN_ARRAY;
  };

  const close = (): void => {
    depth--;
    level = Math.min(level, depth);
    expectsKey = false;
  };

  const separate = (byte: number): void => {
    if (byte !== COMMA) return;
    expectsKey = true;
    isNextValue = false;
  };

  const key = (name: string | undefined): void => {
    isNextValue = name === path[level - 1];
    expectsKey = false;
    notes.add(name, level);
  };

  return {
    begin: () => standAt(0),
    resume: () => standAt(path.length),
    open,
    close,
    separate,
    expectsKey: () => expectsKey && depth === level,
    key,
    depth: () => depth,
    seen: notes.text,
  };
};

/** Puts a key together, unless it is longer than any that matters. */
export const createKeyReader = () => {
  let held: Buffer[] = [];
  let heldBytes = 0;
  return {
    add: (bytes: Buffer): void => {
      heldBytes += bytes.length;
      if (heldBytes <= KEY_BYTES_MAX) held.push(bytes);
    },
    take: (): string | undefined => {
      const name = heldBytes > KEY_BYTES_MAX ? undefined : textOf(Buffer.concat(held));
      held = [];
      heldBytes = 0;
      return name;
    },
  };
};

const textOf = (key: Buffer): string | undefined => {
  try {
    return String(JSON.parse(`"${key.toString('utf8')}"`));
  } catch {
    return undefined;
  }
};

/** Remembers the keys at the deepest object of the path that a document had. */
const createNotes = (path: readonly string[]) => {
  let deepest = 0;
  let keys: string[] = [];
  let isComplete = false;

  const add = (name: string | undefined, level: number): void => {
    if (name === undefined || level < deepest) return;
    if (level > deepest) keys = [];
    deepest = level;
    isComplete ||= level === path.length && name === path[level - 1];
    if (keys.length < KEYS_SHOWN_MAX) keys.push(JSON.stringify(name.slice(0, KEY_SHOWN_CHARS_MAX)));
  };

  const text = (): string => {
    if (isComplete) return 'what stands there is not an array';
    if (deepest === 0) return 'there is no object with keys at the top';
    const place = deepest === 1 ? 'the object at the top' : `"${path.slice(0, deepest - 1).join('.')}"`;
    return `${place} has the keys ${keys.join(', ')}`;
  };

  return { add, text };
};
