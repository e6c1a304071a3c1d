import { isUtf8 } from 'node:buffer';
import { FORMATS } from '../frame/formats.ts';
import type { CompressionName, FormatName } from '../recipe/formats.ts';
import type { Recipe } from '../recipe/schema.ts';
import { compressionByMagic, foreignKind, formatByMagic, hasUtf16Mark } from './magic.ts';
import { PlanError } from './plan-error.ts';

/** Not more than this of a file is needed to tell what it is. */
export const HEAD_BYTES = 64 * 1024;

const COMPRESSION_SUFFIX = /\.(gz|gzip|zst|zstd|bz2|zip)$/i;
const TAR_GZIP_NAME = /\.(tar\.gz|tgz)$/i;
/** Encodings that no magic bytes tell. */
const FOREIGN_ENCODING = /\b(br|deflate|compress)\b/i;
const HEAD_SHOWN_BYTES = 16;
const NAME_SHOWN_CHARS = 100;

/** What is known of a file beside its bytes. */
export interface DetectOptions {
  /** Its name: the key of the object, or that of an entry of an archive. */
  readonly key: string;
  readonly contentEncoding?: string | undefined;
  readonly recipe: Pick<Recipe, 'csv' | 'recordsPath'> & {
    readonly format: FormatName | 'auto';
    readonly compression: CompressionName | 'auto';
  };
}

/**
 * How a file is compressed, by its first bytes. They count before its name and its Content-Encoding, which a file
 * often keeps when it is unpacked on its way; a name only tells a tar within gzip.
 *
 * @param head the first bytes of the object as it is stored, up to `HEAD_BYTES`
 * @throws {PlanError} `FORMAT_MISMATCH` when the recipe says otherwise
 */
export const detectCompression = (head: Buffer, { key, recipe }: DetectOptions): CompressionName => {
  const found = compressionByMagic(head) ?? 'none';
  const wanted = recipe.compression;
  if (wanted === 'auto') return found === 'gzip' && TAR_GZIP_NAME.test(key) ? 'tar.gz' : found;
  if (head.length === 0 || found === (wanted === 'tar.gz' ? 'gzip' : wanted)) return wanted;
  throw mismatch(`"compression": "${wanted}"`, found === 'none' ? 'not compressed like that' : found, head);
};

/**
 * How the records of a file are laid out: by its first bytes, and where these say nothing, by its name.
 *
 * @param head the first bytes of the file, decompressed, up to `HEAD_BYTES`
 * @throws {PlanError} `FORMAT_UNSUPPORTED` when neither says, `FORMAT_MISMATCH` when the recipe contradicts the bytes
 */
export const detectFormat = (head: Buffer, options: DetectOptions): FormatName => {
  const wanted = options.recipe.format;
  if (wanted !== 'auto') return checked(wanted, head, options);
  const foreign = foreignIn(head, named(options.key), options);
  if (foreign) throw unsupported(head, options, `It is ${foreign}`);
  const format =
    formatByMagic(head) ?? FORMATS.find(({ looksLike }) => looksLike(head))?.name ?? byName(head, options);
  // A first line that is broken looks like an object over several lines, but the name says that there are lines.
  if (format === 'json' && named(options.key) === 'jsonl' && !isArray(head)) return 'jsonl';
  // One document on one line looks like JSON lines, but the recipe says that records are inside.
  if (format === 'jsonl' && options.recipe.recordsPath !== undefined) return 'json';
  if (format) return format;
  throw unsupported(
    head,
    options,
    `Nothing in its ${head.length === 0 ? 'name' : 'first bytes or its name'} tells its format`,
  );
};

/** An array of records, not one that is a line among others. */
const isArray = (head: Buffer): boolean => {
  const text = head.toString('utf8').trim(); // a byte order mark is trimmed too
  const lineChars = text.indexOf('\n');
  return text.startsWith('[') && (lineChars < 0 || !isJson(text.slice(0, lineChars)));
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** The format of the recipe, unless the bytes are proof of another. */
const checked = (wanted: FormatName, head: Buffer, options: DetectOptions): FormatName => {
  const found = formatByMagic(head);
  const needsMagic = wanted === 'parquet' || wanted === 'avro';
  if (head.length === 0 || (needsMagic && found === wanted)) return wanted;
  const foreign = found ?? foreignIn(head, wanted, options);
  if (foreign === undefined && !needsMagic) return wanted;
  throw mismatch(`"format": "${wanted}"`, foreign ?? 'something else', head);
};

/** What the bytes are proof of that cannot be read, as the format that is supposed. */
const foreignIn = (
  head: Buffer,
  supposed: FormatName | undefined,
  { recipe }: DetectOptions,
): string | undefined => {
  if (!hasUtf16Mark(head)) return foreignKind(head);
  if (!isTable(supposed)) return 'UTF-16, which is read in CSV and TSV only';
  return recipe.csv.encoding === 'utf-16le' ? undefined : 'UTF-16: set "csv": {"encoding": "utf-16le"}';
};

const isTable = (format: FormatName | undefined): boolean => format === 'csv' || format === 'tsv';

/** By the name, unless the bytes speak against a format of text. */
const byName = (head: Buffer, { key, contentEncoding, recipe }: DetectOptions): FormatName | undefined => {
  const format = named(key);
  if (head.length === 0) return format;
  if (format === 'parquet' || format === 'avro' || FOREIGN_ENCODING.test(contentEncoding ?? ''))
    return undefined;
  const mayHaveZeros = isTable(format) && recipe.csv.encoding === 'utf-16le';
  return head.includes(0) && !mayHaveZeros ? undefined : format;
};

const named = (key: string): FormatName | undefined => {
  const name = key.replace(COMPRESSION_SUFFIX, '');
  return FORMATS.find(({ fileNames }) => fileNames.test(name))?.name;
};

const unsupported = (head: Buffer, { key, contentEncoding }: DetectOptions, why: string): PlanError => {
  const encoding = contentEncoding
    ? `, Content-Encoding "${contentEncoding.slice(0, NAME_SHOWN_CHARS)}"`
    : '';
  return new PlanError(
    'FORMAT_UNSUPPORTED',
    `"${key.slice(-NAME_SHOWN_CHARS)}" (${shown(head)}${encoding}) has no known format. ${why}. Known are ${FORMATS.map(({ name }) => name).join(', ')}; set "format" in the recipe if it is one of them.`,
  );
};

const mismatch = (setting: string, found: string, head: Buffer): PlanError =>
  new PlanError(
    'FORMAT_MISMATCH',
    `The recipe says ${setting}, but the file is ${found} (${shown(head)}). Correct the setting or leave it out.`,
  );

/** The first bytes, as text if they are. */
const shown = (head: Buffer): string => {
  const first = head.subarray(0, HEAD_SHOWN_BYTES);
  if (first.length === 0) return 'empty';
  const text = first.toString('utf8');
  return isUtf8(first) && /^[\P{C}\s]*$/u.test(text)
    ? `begins with ${JSON.stringify(text)}`
    : `begins with bytes ${first.toString('hex')}`;
};
