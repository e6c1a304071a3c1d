const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;

/** What a byte outside of strings means to the structure of JSON. */
export const PLAIN = 0;
export const OPENS = 1;
export const CLOSES = 2;
export const STRING = 3;
/** White space, a comma, or the record separator of RFC 7464: what may stand between two records. */
export const SEPARATES = 4;
/** White space too, but not to stand in a record that travels as a line. */
export const ENDS_LINE = 5;

/** Meaning of each byte. */
export const MEANING: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  if ('{['.includes(String.fromCharCode(byte))) return OPENS;
  if ('}]'.includes(String.fromCharCode(byte))) return CLOSES;
  if (byte === LINE_FEED || byte === RETURN) return ENDS_LINE;
  if (' \t,\x1e'.includes(String.fromCharCode(byte))) return SEPARATES;
  return byte === QUOTE ? STRING : PLAIN;
});

/** What `endOfString` gives when the bytes end inside the string. */
export const UNFINISHED = -1;
/** The same, and the last byte is a backslash: the first of the next bytes is escaped. */
export const UNFINISHED_ESCAPE = -2;

/**
 * The index behind the quote that closes a string.
 *
 * @param from inside the string, at no escaped character
 */
export const endOfString = (bytes: Buffer, from: number): number => {
  const { length } = bytes;
  let index = from;
  for (; index < length; index++) {
    const byte = bytes[index];
    if (byte === QUOTE) return index + 1;
    if (byte === BACKSLASH) index++;
  }
  return index > length ? UNFINISHED_ESCAPE : UNFINISHED;
};

/** JSON with a space for each line end outside of strings; one inside a string, which JSON forbids, stays. */
export const onOneLine = (json: Buffer): Buffer => {
  const line = Buffer.from(json);
  for (let at = 0; at < line.length; ) {
    const meaning = MEANING[line[at++]!];
    if (meaning === ENDS_LINE) line[at - 1] = SPACE;
    if (meaning !== STRING) continue;
    const end = endOfString(line, at);
    at = end < 0 ? line.length : end;
  }
  return line;
};
