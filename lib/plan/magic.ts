import type { CompressionName, FormatName } from '../recipe/formats.ts';

/** What files of a kind begin with. */
interface Magic<Kind> {
  readonly kind: Kind;
  /** Hexadecimal. */
  readonly bytes: string;
  /** Where they stand; from the first byte unless set. */
  readonly at?: number;
}

const COMPRESSIONS: readonly Magic<CompressionName>[] = [
  { kind: 'gzip', bytes: '1f8b' },
  { kind: 'zstd', bytes: '28b52ffd' },
  // A level from 1 to 9 follows; then a block, or the end of a file of nothing.
  { kind: 'bzip2', bytes: '314159265359', at: 4 },
  { kind: 'bzip2', bytes: '177245385090', at: 4 },
  { kind: 'zip', bytes: '504b0304' },
  { kind: 'zip', bytes: '504b0506' },
];

const BZIP2_START = /^BZh[1-9]/;
/** Parquet begins like text that a table might begin with, but does not go on like it. */
const TEXT_START = /^[\x20-\x7e\r\n\t]{5}/;

const FORMATS: readonly Magic<FormatName>[] = [
  { kind: 'parquet', bytes: '50415231' },
  // With an encrypted footer.
  { kind: 'parquet', bytes: '50415245' },
  { kind: 'avro', bytes: '4f626a01' },
];

const TAR: Magic<string> = { kind: 'a tar archive', bytes: '7573746172', at: 257 };

/** Kinds that cannot be imported, as a message names them. */
const FOREIGN: readonly Magic<string>[] = [
  { kind: 'xz', bytes: 'fd377a585a00' },
  { kind: 'lz4', bytes: '04224d18' },
  { kind: '7-Zip', bytes: '377abcaf271c' },
  { kind: 'Snappy', bytes: 'ff060000734e61507059' },
  TAR,
  { kind: 'UTF-16 (big-endian)', bytes: 'feff' },
];

/** A file of UTF-16LE begins with it, unless its writer left it out. */
const UTF_16_MARK: Magic<string> = { kind: 'UTF-16', bytes: 'fffe' };

/** The compression that the first bytes of a file are proof of. */
export const compressionByMagic = (head: Buffer): Exclude<CompressionName, 'none' | 'tar.gz'> | undefined => {
  const kind = kindOf(COMPRESSIONS, head);
  if (kind === 'none' || kind === 'tar.gz') return undefined;
  return kind === 'bzip2' && !BZIP2_START.test(head.toString('latin1', 0, 4)) ? undefined : kind;
};

/** The format that the first bytes of a file are proof of. */
export const formatByMagic = (head: Buffer): FormatName | undefined =>
  TEXT_START.test(head.toString('latin1', 0, 5)) ? undefined : kindOf(FORMATS, head);

/** A kind that cannot be imported, as a message names it. */
export const foreignKind = (head: Buffer): string | undefined =>
  kindOf(FOREIGN, head) ??
  (compressionByMagic(head) && `${compressionByMagic(head)} within another compression`);

/** A tar archive; one from before there was a name for the format does not show. */
export const isTar = (head: Buffer): boolean => kindOf([TAR], head) !== undefined;

export const hasUtf16Mark = (head: Buffer): boolean => kindOf([UTF_16_MARK], head) !== undefined;

const kindOf = <Kind>(magics: readonly Magic<Kind>[], head: Buffer): Kind | undefined =>
  magics.find(({ bytes, at = 0 }) => head.toString('hex', at, at + bytes.length / 2) === bytes)?.kind;
