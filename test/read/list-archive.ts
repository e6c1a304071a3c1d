import type { ArchivePart } from '../../lib/read/archive.ts';
import { readOut } from './read-out.ts';

export interface ListedPart {
  readonly kind: ArchivePart['kind'];
  readonly name: string;
  readonly bytes?: Buffer;
  readonly error?: unknown;
  readonly reason?: string;
}

/** All parts of an archive with what is in them, and why listing them ended. */
export const listArchive = async (
  archive: AsyncIterable<ArchivePart>,
): Promise<{ readonly parts: ListedPart[]; readonly error?: unknown }> => {
  const parts: ListedPart[] = [];
  try {
    for await (const part of archive) {
      const { kind, name } = part;
      if (part.kind === 'entry') {
        const { bytes, error } = await readOut(part.open());
        parts.push({ kind, name, bytes, ...(error === undefined ? {} : { error }) });
      } else parts.push({ kind, name, reason: part.kind === 'skipped' ? part.reason : part.failure.message });
    }
  } catch (error) {
    return { parts, error };
  }
  return { parts };
};
