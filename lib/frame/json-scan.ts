import { CLOSES, ENDS_LINE, MEANING, OPENS, PLAIN, SEPARATES, STRING } from './json-bytes.ts';
import { createPathSeeker } from './json-path.ts';
import { createValueSkipper } from './json-value.ts';

const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** `sequence`: records stand one behind another. `array`: they are the elements of arrays, at the top or at a path. */
export type JsonShape = 'sequence' | 'array';

/**
 * What stands at the index that `scan` gave. `record`: a value begins. `value`, `token`: it ended there; a token is
 * anything that is no string and no container. Outside of arrays of records: `document`: a value begins; `array`:
 * its records begin; `other`: it ended there and held none. `none`: the end of the bytes, and nothing of these.
 */
export type JsonEvent = 'record' | 'value' | 'token' | 'document' | 'array' | 'other' | 'none';

/**
 * Where a scan is between two events. `between`: where a record may begin. `record`, `token`: inside one. `gap`:
 * outside of arrays; `document`: the same, inside a value.
 */
export type JsonPlace = 'start' | 'between' | 'record' | 'token' | 'gap' | 'document';

export interface JsonScanner {
  /** Consumes bytes up to the next event. @returns its index: the first byte not consumed */
  scan(bytes: Buffer, at: number): number;
  event(): JsonEvent;
  place(): JsonPlace;
  /** Undefined until the first value. */
  shape(): JsonShape | undefined;
  /** The file has had an array of records. */
  hasArray(): boolean;
  /** The value that has ended has line ends outside of its strings. */
  isOverLines(): boolean;
  /** What a document without records has instead. */
  seen(): string;
}

export interface JsonScanOptions {
  readonly recordsPath?: string | undefined;
  /** Known when the scan begins at a border inside the file; else it begins with the file. */
  readonly shape?: JsonShape | undefined;
}

/**
 * Finds the records in JSON by its structure alone: strings, brackets and depth. It holds none of the bytes and does
 * not check what stands inside a record.
 */
export const createJsonScanner = ({ recordsPath, shape: knownShape }: JsonScanOptions): JsonScanner => {
  const path = recordsPath?.split('.') ?? [];
  const seeker = createPathSeeker(path);
  const value = createValueSkipper();
  let shape = knownShape;
  let place: JsonPlace = shape ? 'between' : 'start';
  let event: JsonEvent = 'none';
  let markBytes = 0;

  const tell = (what: JsonEvent, next: JsonPlace, at: number): number => {
    event = what;
    place = next;
    return at;
  };

  /** Takes the first byte of a value, or what stands in its place. */
  const beginValue = (byte: number, at: number): number => {
    if (place === 'start') {
      if (byte === BYTE_ORDER_MARK[markBytes++]) return at + 1;
      shape = path.length > 0 || byte === OPEN_ARRAY ? 'array' : 'sequence';
      return tell('none', shape === 'array' ? 'gap' : 'between', at);
    }
    if (place === 'gap') {
      seeker.begin();
      return tell('document', 'document', at);
    }
    if (byte === CLOSE_ARRAY && shape === 'array') {
      seeker.resume();
      return tell('none', path.length > 0 ? 'document' : 'gap', at + 1);
    }
    value.begin();
    return tell('record', MEANING[byte] === OPENS || MEANING[byte] === STRING ? 'record' : 'token', at);
  };

  const scanDocument = (bytes: Buffer, from: number): number => {
    const at = seeker.seek(bytes, from);
    const outcome = seeker.outcome();
    if (outcome === 'seeking') return at;
    if (outcome === 'found') return tell('array', 'between', at);
    return tell(outcome === 'lost' ? 'other' : 'none', 'gap', at);
  };

  const step = (bytes: Buffer, from: number): number => {
    if (place === 'record') {
      const end = value.skip(bytes, from);
      return end < 0 ? bytes.length : tell('value', 'between', end);
    }
    if (place === 'document') return scanDocument(bytes, from);
    const at = place === 'token' ? endOfToken(bytes, from, shape) : skipBetween(bytes, from);
    if (at === bytes.length) return at;
    return place === 'token' ? tell('token', 'between', at) : beginValue(bytes[at]!, at);
  };

  const scan = (bytes: Buffer, from: number): number => {
    event = 'none';
    let at = from;
    while (at < bytes.length && event === 'none') at = step(bytes, at);
    return at;
  };

  return {
    scan,
    event: () => event,
    place: () => place,
    shape: () => shape,
    hasArray: () => knownShape === 'array' || seeker.hasFound(),
    isOverLines: value.isOverLines,
    seen: seeker.seen,
  };
};

const skipBetween = (bytes: Buffer, from: number): number => {
  for (let at = from; at < bytes.length; at++) {
    const meaning = MEANING[bytes[at]!];
    if (meaning !== SEPARATES && meaning !== ENDS_LINE) return at;
  }
  return bytes.length;
};

/** Brackets that close nothing are part of a token. */
const endOfToken = (bytes: Buffer, from: number, shape: JsonShape | undefined): number => {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]!;
    const closes = MEANING[byte] === CLOSES && !(byte === CLOSE_ARRAY && shape === 'array');
    if (MEANING[byte] !== PLAIN && !closes) return at;
  }
  return bytes.length;
};
