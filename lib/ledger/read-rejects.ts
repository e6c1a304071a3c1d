import { promisify } from 'node:util';
import { gunzip as gunzipCallback } from 'node:zlib';
import * as z from 'zod';
import { placeSchema } from '../plan/place.ts';

const gunzip = promisify(gunzipCallback);

const MiB = 1024 * 1024;
/** A part ends with the line that makes it 4 MiB, and a line holds a record of 10 MB, each byte as `\u0000` at worst. */
const PART_BYTES_MAX = 80 * MiB;

const lineSchema = z.object({
  place: z.object({
    offset: placeSchema,
    chunk: z.int().nonnegative(),
    entry: z.string().optional(),
  }),
  reason: z.string(),
  raw: z.string().optional(),
  rawBase64: z.string().optional(),
  truncated: z.boolean().optional(),
});

/** A record that was rejected, as it stood in its source. */
export interface RejectedRecord {
  readonly offset: number;
  readonly chunk: number;
  /** Name of the file in the source, where that is an archive. */
  readonly entry?: string | undefined;
  readonly reason: string;
  readonly raw: Buffer;
  /** `raw` is only the beginning of the record. */
  readonly truncated: boolean;
}

/**
 * The records of one part of a rejects file, in the order they were written.
 *
 * @throws {ZodError | SyntaxError | RangeError} when it is no such part
 */
export const readRejects = async (part: Buffer): Promise<RejectedRecord[]> => {
  const text = (await gunzip(part, { maxOutputLength: PART_BYTES_MAX })).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(recordOf);
};

const recordOf = (line: string): RejectedRecord => {
  const { place, reason, raw, rawBase64, truncated = false } = lineSchema.parse(JSON.parse(line));
  const bytes = rawBase64 === undefined ? Buffer.from(raw ?? '', 'utf8') : Buffer.from(rawBase64, 'base64');
  return { ...place, reason, raw: bytes, truncated };
};
