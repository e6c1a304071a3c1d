import type { ArchivePart } from '../read/archive.ts';
import { createByteLimit } from '../read/byte-limit.ts';
import type { ByteSource } from '../read/byte-source.ts';
import { decompress } from '../read/decompress.ts';
import { isEndOfReading } from '../read/end-of-reading.ts';
import { peek } from '../read/peek.ts';
import { tarEntries } from '../read/tar.ts';
import { zipEntries } from '../read/zip.ts';
import type { ArchiveName, FormatName } from '../recipe/formats.ts';
import { HEAD_BYTES } from './detect.ts';
import { PlanError } from './plan-error.ts';

const MiB = 1024 * 1024;
/** Of an archive, until an entry is found whose format is known. */
const LOOKED_AT = { entries: 100, compressedBytes: MiB, decompressedBytes: 16 * MiB };
/** Only for the report: each file is read by the format that it has itself. */
const NONE_FOUND: FormatName = 'jsonl';

/** The format of a file by its first bytes and its name; undefined where it cannot be read in an archive. */
export type TellFormat = (head: Buffer, name: string) => Promise<FormatName | undefined>;

/**
 * The format of an archive is that of the first file in it that has one, among the first 100; of a tar.gz, within the
 * first MiB.
 *
 * @param tell throws a PlanError where a file has no known format
 * @returns `jsonl` where none is found: what is wrong with each entry is found out when it is read
 * @throws {ReadError} what the source throws
 */
export const formatOfArchive = async (
  source: ByteSource,
  compression: ArchiveName,
  tell: TellFormat,
): Promise<FormatName> => {
  let entries = 0;
  try {
    for await (const part of open(source, compression)) {
      if (part.kind === 'entry') {
        const found = await formatOfEntry(part, tell);
        if (found) return found;
      }
      if (++entries >= LOOKED_AT.entries) break;
    }
  } catch (error) {
    // Also where it was cut because only its beginning is read.
    if (!isEndOfReading(error)) throw error;
  }
  return NONE_FOUND;
};

const open = (source: ByteSource, compression: ArchiveName): AsyncGenerator<ArchivePart> => {
  const limit = createByteLimit(LOOKED_AT.decompressedBytes);
  if (compression === 'zip') return zipEntries(source, { limit });
  const range = { start: 0, end: Math.min(LOOKED_AT.compressedBytes, source.sizeBytes) };
  return tarEntries(decompress('gzip', source.read(range), { limit }));
};

const formatOfEntry = async (
  { name, open }: Extract<ArchivePart, { kind: 'entry' }>,
  tell: TellFormat,
): Promise<FormatName | undefined> => {
  const { head, failure, close } = await peek(open(), HEAD_BYTES);
  await close();
  if (failure && !isEndOfReading(failure.error)) throw failure.error;
  if (head.length === 0) return undefined;
  try {
    return await tell(head, name);
  } catch (error) {
    if (error instanceof PlanError) return undefined;
    throw error;
  }
};
