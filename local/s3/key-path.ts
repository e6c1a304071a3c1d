import { createHash } from 'node:crypto';

/** Where a folder bucket keeps what is not an object; never the first name of an object's path. */
export const stateFolder = '.object-store';

/** Ends the name of an object whose key is also the folder of other keys: `a` beside `a/b`. */
export const besideFolder = '%object';

/** File systems allow 255 bytes to a name; this leaves room for {@link besideFolder}. */
const nameBytesMax = 240;
const digestLength = 32;
const emptyName = '%_';
const shortenedMark = '%~';

/**
 * The relative path an object is kept at: its key, readable, with `%XX` for what a file system cannot hold
 * safely (`%` itself, control characters, backslash, names of dots only), `%_` for an empty name, and a
 * digest at the end of a name that is too long. Different keys have different paths.
 */
export function pathOfKey(key: string): string {
  return key.split('/').map(nameOfSegment).join('/');
}

/** @returns undefined when the path has a shortened name or is none that {@link pathOfKey} makes. */
export function keyOfPath(path: string): string | undefined {
  if (path.includes(shortenedMark)) return undefined;
  const key = path.split('/').map(segmentOfName).join('/');
  return pathOfKey(key) === path ? key : undefined;
}

function nameOfSegment(segment: string): string {
  if (segment === '') return emptyName;
  if (segment === '.' || segment === '..' || segment === stateFolder) return segment.replaceAll('.', '%2E');
  const name = segment.replace(/[%\\\p{Cc}]/gu, escapeCharacter);
  return Buffer.byteLength(name) > nameBytesMax ? shortened(name) : name;
}

function segmentOfName(name: string): string {
  if (name === emptyName) return '';
  return name.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}

function escapeCharacter(character: string): string {
  return `%${character.codePointAt(0)!.toString(16).toUpperCase().padStart(2, '0')}`;
}

function shortened(name: string): string {
  const digest = createHash('sha256').update(name).digest('hex').slice(0, digestLength);
  const room = nameBytesMax - shortenedMark.length - digestLength;
  // The cut may fall inside a character; drop what is left of it.
  const start = Buffer.from(name)
    .subarray(0, room)
    .toString('utf8')
    .replace(/\ufffd+$/, '');
  return `${start}${shortenedMark}${digest}`;
}
