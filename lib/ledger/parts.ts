import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';

const gzip = promisify(gzipCallback);

export interface PartsWriter<Entry> {
  /** Waits for the part before. @throws what `put` throws, from then on again and again, since a part is missing */
  add(entry: Entry): Promise<void>;
  /** Writes what is left. @returns parts written @throws what `put` has thrown, now or before */
  close(): Promise<number>;
}

export interface PartsWriterOptions<Entry> {
  /** Stores a part; `part` counts from 0. */
  readonly put: (part: number, body: Buffer) => Promise<unknown>;
  /** What stands in the file for an entry. */
  readonly lineOf: (entry: Entry) => object;
  /** Uncompressed bytes after which a part is full; what is held at most, beside one entry of each caller. */
  readonly partBytesMax: number;
}

/** Writes entries as parts of gzipped NDJSON. */
export const createPartsWriter = <Entry>({
  put,
  lineOf,
  partBytesMax,
}: PartsWriterOptions<Entry>): PartsWriter<Entry> => {
  let lines: string[] = [];
  let bytes = 0;
  let parts = 0;
  let stored: Promise<unknown> = Promise.resolve();

  const flush = (): void => {
    const text = lines.join('');
    const part = parts;
    parts += 1;
    lines = [];
    bytes = 0;
    stored = stored.then(async () => put(part, await gzip(text)));
  };

  return {
    add: async (entry) => {
      const line = `${JSON.stringify(lineOf(entry))}\n`;
      lines.push(line);
      bytes += Buffer.byteLength(line);
      if (bytes >= partBytesMax) flush();
      await stored;
    },
    close: async () => {
      if (lines.length > 0) flush();
      await stored;
      return parts;
    },
  };
};
