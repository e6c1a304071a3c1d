import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';

const gzip = promisify(gzipCallback);

const MiB = 1024 * 1024;
/** Uncompressed bytes of one part; what the writer holds at most, beside one record. */
const PART_BYTES_MAX = 4 * MiB;

/** A line of the rejects file. */
export interface RejectEntry {
  /** First byte of the record in the (decompressed) source. */
  readonly offset: number;
  readonly chunk: number;
  /** A code of docs/errors.md, or `API_REJECTED`. */
  readonly reason: string;
  readonly message: string;
  readonly raw: Buffer;
  /** `raw` is only the beginning of the record. */
  readonly truncated: boolean;
}

export interface RejectsWriter {
  /** @throws what `put` throws; from then on `add` and `close` throw it too, since a part is missing */
  add(entry: RejectEntry): Promise<void>;
  /** Writes what is left. @returns parts written @throws what `put` has thrown, now or before */
  close(): Promise<number>;
}

/**
 * Writes rejections as parts of gzipped NDJSON, at most {@link PART_BYTES_MAX} each before compression.
 *
 * @param put stores a part; `part` counts from 0
 */
export const createRejectsWriter = (put: (part: number, body: Buffer) => Promise<unknown>): RejectsWriter => {
  let lines: string[] = [];
  let bytes = 0;
  let parts = 0;
  let stored: Promise<unknown> = Promise.resolve();

  const flush = async (): Promise<void> => {
    if (lines.length > 0) {
      const text = lines.join('');
      const part = parts;
      parts += 1;
      lines = [];
      bytes = 0;
      stored = stored.then(async () => put(part, await gzip(text)));
    }
    await stored;
  };

  return {
    add: async (entry) => {
      const line = `${JSON.stringify(lineOf(entry))}\n`;
      lines.push(line);
      bytes += Buffer.byteLength(line);
      if (bytes >= PART_BYTES_MAX) await flush();
    },
    close: async () => {
      await flush();
      return parts;
    },
  };
};

const lineOf = ({ raw, truncated, offset, chunk, reason, message }: RejectEntry) => ({
  place: { offset, chunk },
  reason,
  message,
  ...(isUtf8(raw) ? { raw: raw.toString('utf8') } : { rawBase64: raw.toString('base64') }),
  ...(truncated ? { truncated } : {}),
});
