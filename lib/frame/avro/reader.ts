import { type Cursor, createCursor, within } from './cursor.ts';

/** Records of nothing, and lists of nothing, take no bytes: of those, no more than this in one block. */
export const EMPTY_ITEMS_MAX = 100_000;
/** No schema nests values deeper, unless it is recursive and its records are meant to break their reader. */
const DEPTH_MAX = 500;

/**
 * Reads Avro's binary encoding, and keeps count of what comes out of it: no bytes are too few to stand for a text
 * that is longer than any memory. Throws as a {@link Cursor} does.
 */
export interface AvroReader extends Cursor {
  /** How many items follow in a list or a map, which is at its end where it is 0. */
  itemCount(): number;
  /** Which of `count` alternatives follows. */
  choice(count: number): number;
  /** A value that holds others begins, and ends. */
  enter(): void;
  leave(): void;
  /** Begins a record whose text may have `charsMax` characters. */
  beginText(charsMax: number): void;
  /** Characters that there is room for; negative when there was none. */
  room(): number;
  /** Takes room for so many characters. @returns whether there was any; from the first time that there was not, there is none */
  hasRoom(chars: number): boolean;
}

export const createAvroReader = (buffer: Buffer): AvroReader => {
  const cursor = createCursor(buffer);
  let depth = 0;
  let room = 0;
  let itemsLeft = buffer.length + EMPTY_ITEMS_MAX;

  const takeItems = (count: number): number => {
    itemsLeft -= within(count, itemsLeft, 'a list');
    return count;
  };

  return {
    ...cursor,
    itemCount() {
      const count = cursor.long();
      if (count >= 0) return takeItems(Number(count));
      // A negative count is followed by the length of the items in bytes, for readers that pass over them.
      cursor.long();
      return takeItems(Number(-count));
    },
    choice: (count) => within(cursor.long(), count - 1, 'an index'),
    enter() {
      if (++depth > DEPTH_MAX) throw new Error(`a record nested more than ${DEPTH_MAX} levels deep`);
    },
    leave() {
      depth--;
    },
    beginText(charsMax) {
      room = charsMax;
    },
    room: () => room,
    hasRoom(chars) {
      room -= chars;
      return room >= 0;
    },
  };
};
