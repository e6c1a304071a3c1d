import { createPartsWriter, type PartsWriter } from './parts.ts';

const KiB = 1024;
const PART_BYTES_MAX = 1024 * KiB;
/** Room for a 400 that lists 2,000 failures, which has about 400 KB. */
const BODY_CHARACTERS_MAX = 512 * KiB;

/** A line of the responses file: what the API answered to one request. */
export interface ResponseEntry {
  readonly atMs: number;
  readonly chunk: number;
  /** Where the first record of the batch begins in the (decompressed) source, or in `entry` of it: a byte or a row. */
  readonly offset: number;
  /** Name of the file in the source, where that is an archive. */
  readonly entry?: string | undefined;
  /** Of the request: less than those of its batch where that was halved. */
  readonly records: number;
  /** How often the same bytes have been sent, from 1. */
  readonly attempt: number;
  readonly status: number;
  readonly bodyText: string;
  /** `bodyText` is only the beginning of the body. */
  readonly truncated: boolean;
}

export type ResponsesWriter = PartsWriter<ResponseEntry>;

/**
 * Writes answers of the API as parts of gzipped NDJSON, at most {@link PART_BYTES_MAX} and one answer each before
 * compression, of each body at most {@link BODY_CHARACTERS_MAX}.
 *
 * @param put stores a part; `part` counts from 0
 */
export const createResponsesWriter = (
  put: (part: number, body: Buffer) => Promise<unknown>,
): ResponsesWriter => createPartsWriter({ put, lineOf, partBytesMax: PART_BYTES_MAX });

const lineOf = ({
  atMs,
  chunk,
  entry,
  offset,
  records,
  attempt,
  status,
  bodyText,
  truncated,
}: ResponseEntry) => ({
  at: new Date(atMs).toISOString(),
  place: { offset, chunk, entry },
  records,
  attempt,
  status,
  body: bodyText.slice(0, BODY_CHARACTERS_MAX),
  ...(truncated || bodyText.length > BODY_CHARACTERS_MAX ? { truncated: true } : {}),
});
