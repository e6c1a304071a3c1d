import { CLOSES, endOfString, MEANING, OPENS, PLAIN, STRING, UNFINISHED_ESCAPE } from './json-bytes.ts';
import { createKeyReader, createPathPlace } from './json-path-place.ts';

/** Where `seek` stopped: behind the `[` of the array; behind a document that had one, or had none; at the end of the bytes. */
export type SeekOutcome = 'found' | 'ended' | 'lost' | 'seeking';

export interface PathSeeker {
  /** A document begins with the byte that is given next. */
  begin(): void;
  /** The array that was found has ended, and its document goes on. */
  resume(): void;
  /** @returns the index of the first byte not consumed: the end of the bytes, unless `outcome` says more */
  seek(bytes: Buffer, at: number): number;
  outcome(): SeekOutcome;
  /** An array was found in any document. */
  hasFound(): boolean;
  /** What a document without the array has instead. */
  seen(): string;
}

/**
 * Looks in a JSON document for arrays at a path of keys, without holding it. The empty path leads to a document that
 * is an array itself. Keys are compared as text, whatever their escapes.
 */
export const createPathSeeker = (path: readonly string[]): PathSeeker => {
  const place = createPathPlace(path);
  const key = createKeyReader();
  let outcome: SeekOutcome = 'seeking';
  let string: 'none' | 'key' | 'value' = 'none';
  let isEscaped = false;
  let isToken = false;
  let isLost = false;
  let hasFound = false;

  const begin = (): void => {
    place.begin();
    isToken = false;
    isLost = true;
  };

  const end = (): void => {
    outcome = isLost ? 'lost' : 'ended';
  };

  const takeString = (bytes: Buffer, at: number): number => {
    const stringEnd = endOfString(bytes, isEscaped ? at + 1 : at);
    isEscaped = stringEnd === UNFINISHED_ESCAPE;
    if (string === 'key') key.add(bytes.subarray(at, stringEnd < 0 ? bytes.length : stringEnd - 1));
    if (stringEnd < 0) return bytes.length;
    if (string === 'key') place.key(key.take());
    string = 'none';
    if (place.depth() === 0) end();
    return stringEnd;
  };

  const take = (bytes: Buffer, at: number): number => {
    const byte = bytes[at]!;
    const meaning = MEANING[byte];
    if (meaning === STRING) {
      string = place.expectsKey() ? 'key' : 'value';
      return takeString(bytes, at + 1);
    }
    if (meaning === OPENS && place.open(byte)) {
      outcome = 'found';
      isLost = false;
      hasFound = true;
    } else if (place.depth() === 0) isToken = true;
    else if (meaning === CLOSES) {
      place.close();
      if (place.depth() === 0) end();
    } else place.separate(byte);
    return at + 1;
  };

  const seek = (bytes: Buffer, from: number): number => {
    outcome = 'seeking';
    let at = string === 'none' ? from : takeString(bytes, from);
    while (at < bytes.length && outcome === 'seeking') {
      if (isToken && endsToken(bytes[at]!)) end();
      else at = take(bytes, at);
    }
    return at;
  };

  return {
    begin,
    resume: place.resume,
    seek,
    outcome: () => outcome,
    hasFound: () => hasFound,
    seen: place.seen,
  };
};

const endsToken = (byte: number): boolean => MEANING[byte] !== PLAIN && MEANING[byte] !== CLOSES;
