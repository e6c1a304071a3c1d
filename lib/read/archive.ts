import { ReadError } from './read-error.ts';

/** A file in an archive. */
export interface ArchiveEntry {
  readonly kind: 'entry';
  /** Relative, with forward slashes and nothing that leads out of a folder; each name comes once. */
  readonly name: string;
  /** As the archive says, which may be wrong. */
  readonly sizeBytes: number;
  /** In the archive, where entries are compressed one by one. */
  readonly compressedBytes?: number;
  /**
   * What is in it, which may itself be compressed.
   *
   * @throws {ReadError} `SOURCE_CORRUPT` where it is damaged or cut off, after everything readable before
   */
  open(): AsyncIterable<Buffer>;
}

/** What holds no records, such as a folder. */
export interface SkippedEntry {
  readonly kind: 'skipped';
  readonly name: string;
  readonly reason: string;
}

/** What may hold records that cannot be had. The other entries can; the import as a whole is not complete. */
export interface RefusedEntry {
  readonly kind: 'refused';
  /** Fit for a log: without control characters and not too long. */
  readonly name: string;
  /** `ENTRY_REFUSED` */
  readonly failure: ReadError;
}

export type ArchivePart = ArchiveEntry | SkippedEntry | RefusedEntry;

/** Every hour of ten years. Names are held, of 1 KiB at most each. */
export const ENTRIES_MAX_DEFAULT = 100_000;

const NAME_BYTES_MAX = 1024;
const NAME_SHOWN = 100;

/**
 * Says what becomes of each entry by its name: a usable name, or the part to give instead.
 *
 * @throws {ReadError} `SOURCE_TOO_LARGE` at more than `entriesMax` entries
 */
export const createAdmission = (
  entriesMax: number,
): ((givenName: string) => string | SkippedEntry | RefusedEntry) => {
  const seen = new Set<string>();
  let count = 0;
  return (givenName) => {
    if (++count > entriesMax) throw tooManyEntries(entriesMax);
    const name = givenName.replaceAll('\\', '/').replace(/^(\.\/+)+/, '');
    const hostile = hostilityOf(name);
    if (hostile) return refused(name, hostile);
    const reason = emptinessOf(name);
    if (reason) return { kind: 'skipped', name, reason };
    if (seen.has(name)) return refused(name, 'an entry of that name came before');
    seen.add(name);
    return name;
  };
};

export const refused = (name: string, reason: string): RefusedEntry => ({
  kind: 'refused',
  name: shown(name),
  failure: new ReadError(
    'ENTRY_REFUSED',
    `The entry "${shown(name)}" is not imported: ${reason}. Drop its contents as a file of their own.`,
  ),
});

const CONTROL = /\p{Cc}/gu;

const hostilityOf = (name: string): string | undefined => {
  if (Buffer.byteLength(name) > NAME_BYTES_MAX) return `its name is longer than ${NAME_BYTES_MAX} bytes`;
  if (name.search(CONTROL) >= 0) return 'its name has control characters';
  if (/^(\/|[a-z]:)/i.test(name)) return 'its name is an absolute path';
  if (name.split('/').includes('..')) return 'its name leads out of the archive';
  return undefined;
};

const emptinessOf = (name: string): string | undefined => {
  if (name === '' || name.endsWith('/')) return 'a folder';
  if (/^__MACOSX\/|(^|\/)(\._[^/]*|\.DS_Store|Thumbs\.db|desktop\.ini)$/i.test(name))
    return 'left by an operating system';
  return undefined;
};

const shown = (name: string): string => name.replace(CONTROL, '?').slice(0, NAME_SHOWN);

const tooManyEntries = (entriesMax: number): ReadError =>
  new ReadError(
    'SOURCE_TOO_LARGE',
    `The archive has more than ${entriesMax} entries; those before are imported. Drop it in parts.`,
  );
