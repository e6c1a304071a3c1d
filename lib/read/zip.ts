import { crc32, createInflateRaw } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { isFanoutError } from '../errors.ts';
import { type ArchivePart, createAdmission, ENTRIES_MAX_DEFAULT, refused } from './archive.ts';
import type { ByteLimit } from './byte-limit.ts';
import type { ByteSource } from './byte-source.ts';
import { Damage } from './damage.ts';
import { decodeMember, OUTPUT_BYTES } from './decode-member.ts';
import { createPieces, type Pieces } from './pieces.ts';
import { ReadError } from './read-error.ts';
import { readWhole } from './read-whole.ts';
import { windowedSource } from './windowed.ts';

/** One for the directory, one for the entry that is read. */
const WINDOWS = { windowBytes: 256 * 1024, windowsMax: 2 };
const STORED = 0;
const DEFLATED = 8;

export interface ZipOptions {
  readonly entriesMax?: number;
  /** Told of what entries decompress to. */
  readonly limit?: ByteLimit;
}

/**
 * The entries of a zip archive in the order of its central directory, which is read in ranges; contents are read
 * when an entry is opened, in any order and also after the last entry.
 *
 * @throws {ReadError} `SOURCE_CORRUPT` where the directory is damaged, after the entries before
 * @throws {ReadError} `SOURCE_TOO_LARGE` at more than `entriesMax` entries
 * @throws whatever the source throws
 */
export async function* zipEntries(
  source: ByteSource,
  { entriesMax = ENTRIES_MAX_DEFAULT, limit }: ZipOptions = {},
): AsyncGenerator<ArchivePart> {
  const { getFileNameLowLevel } = await loadYauzl();
  const window = windowedSource(source, WINDOWS);
  const zip = await openZip(window).catch(rethrowDirectory);
  const admit = createAdmission(entriesMax);
  const entries = zip.eachEntry();
  let listedBytes = 0;
  for (;;) {
    const { done, value: entry } = await entries.next().catch(rethrowDirectory);
    if (done) return;
    listedBytes += entry.compressedSize;
    if (listedBytes > source.sizeBytes) throw corruptDirectory('its entries overlap');
    const flags = entry.generalPurposeBitFlag;
    const name = admit(getFileNameLowLevel(flags, entry.fileNameRaw, entry.extraFields, true));
    yield typeof name === 'string' ? partOf(window, zip, entry, name, limit) : name;
  }
}

/** A bundle has no names of a CommonJS module but its default. */
const loadYauzl = async () => (await import('yauzl')).default;

/** An archive whose reads are those of `source`. */
const openZip = async (source: ByteSource): Promise<ZipFile> => {
  const { fromRandomAccessReaderPromise, RandomAccessReader } = await loadYauzl();
  class SourceReader extends RandomAccessReader {
    override read(
      buffer: Buffer,
      offset: number,
      length: number,
      position: number,
      callback: (error: Error | null) => void,
    ): void {
      readInto(source, buffer.subarray(offset, offset + length), position).then(
        () => callback(null),
        (error: Error) => callback(error),
      );
    }
  }
  const options = { decodeStrings: false, validateEntrySizes: false, autoClose: false };
  return fromRandomAccessReaderPromise(new SourceReader(), source.sizeBytes, options);
};

const readInto = async (source: ByteSource, target: Buffer, position: number): Promise<void> => {
  const end = position + target.length;
  if (end > source.sizeBytes) throw new Damage(`it points to byte ${end} of ${source.sizeBytes}`);
  (await readWhole(source, { start: position, end })).copy(target);
};

const partOf = (
  source: ByteSource,
  zip: ZipFile,
  entry: Entry,
  name: string,
  limit: ByteLimit | undefined,
): ArchivePart => {
  const { compressionMethod: method, compressedSize, uncompressedSize } = entry;
  if (entry.isEncrypted()) return refused(name, 'it is encrypted');
  if (method !== STORED && method !== DEFLATED)
    return refused(name, `its compression method ${method} is not supported (0 and 8 are)`);
  return {
    kind: 'entry',
    name,
    sizeBytes: uncompressedSize,
    compressedBytes: compressedSize,
    open: () => readEntry(source, zip, entry, name, limit),
  };
};

async function* readEntry(
  source: ByteSource,
  zip: ZipFile,
  entry: Entry,
  name: string,
  limit: ByteLimit | undefined,
): AsyncGenerator<Buffer> {
  let checksum = 0;
  let bytes = 0;
  try {
    const { fileDataStart: start } = await zip
      .readLocalFileHeaderPromise(entry, { minimal: true })
      .catch(rethrowDamage);
    const pieces = createPieces(source.read({ start, end: start + entry.compressedSize }));
    for await (const output of contentOf(pieces, entry)) {
      limit?.(output.length);
      checksum = crc32(output, checksum);
      bytes += output.length;
      yield output;
    }
    if (bytes !== entry.uncompressedSize) throw new Damage(`it should be ${entry.uncompressedSize} bytes`);
    if (checksum !== entry.crc32) throw new Damage('its checksum is wrong');
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    throw new ReadError(
      'SOURCE_CORRUPT',
      `The entry "${name}" of the zip archive breaks after ${bytes} bytes (${error.message}); what comes before is imported. Drop an intact file to import the rest.`,
      { cause: error },
    );
  }
}

async function* contentOf(pieces: Pieces, { compressionMethod }: Entry): AsyncGenerator<Buffer> {
  try {
    if (compressionMethod === DEFLATED) {
      yield* decodeMember(createInflateRaw({ chunkSize: OUTPUT_BYTES }), pieces);
      if ((await pieces.next()) !== undefined) throw new Damage('bytes follow its end');
      return;
    }
    for (let piece = await pieces.next(); piece !== undefined; piece = await pieces.next()) yield piece;
  } finally {
    await pieces.close();
  }
}

/** What yauzl throws is the archive's fault, but for what comes from the source. */
const rethrowDamage = (error: unknown): never => {
  if (isFanoutError(error) || error instanceof Damage) throw error;
  throw new Damage(error instanceof Error ? error.message : String(error), { cause: error });
};

const rethrowDirectory = (error: unknown): never => {
  if (isFanoutError(error)) throw error;
  throw corruptDirectory(error instanceof Error ? error.message : String(error), error);
};

const corruptDirectory = (reason: string, cause?: unknown): ReadError =>
  new ReadError(
    'SOURCE_CORRUPT',
    `The directory of the zip archive is damaged (${reason}); entries that it lists before are imported. Drop an intact file to import the rest.`,
    { cause },
  );
