import { isUtf8 } from 'node:buffer';
import { createPartsWriter, type PartsWriter } from './parts.ts';

const MiB = 1024 * 1024;
const PART_BYTES_MAX = 4 * MiB;

/** A line of the rejects file. */
export interface RejectEntry {
  /** Where the record begins in the (decompressed) source, or in `entry` of it: a byte, or a row of a Parquet file. */
  readonly offset: number;
  /** Name of the file in the source, where that is an archive. */
  readonly entry?: string | undefined;
  readonly chunk: number;
  /** A code of docs/errors.md, or `API_REJECTED`. */
  readonly reason: string;
  readonly message: string;
  readonly raw: Buffer;
  /** `raw` is only the beginning of the record. */
  readonly truncated: boolean;
}

export type RejectsWriter = PartsWriter<RejectEntry>;

/**
 * Writes rejections as parts of gzipped NDJSON, at most {@link PART_BYTES_MAX} each before compression.
 *
 * @param put stores a part; `part` counts from 0
 */
export const createRejectsWriter = (put: (part: number, body: Buffer) => Promise<unknown>): RejectsWriter =>
  createPartsWriter({ put, lineOf, partBytesMax: PART_BYTES_MAX });

const lineOf = ({ raw, truncated, offset, chunk, entry, reason, message }: RejectEntry) => ({
  place: { offset, chunk, entry },
  reason,
  message,
  ...(isUtf8(raw) ? { raw: raw.toString('utf8') } : { rawBase64: raw.toString('base64') }),
  ...(truncated ? { truncated } : {}),
});
