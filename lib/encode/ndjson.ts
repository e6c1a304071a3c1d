import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';
import type { SendableBatch } from '../send/batch.ts';

const gzip = promisify(gzipCallback);

const NEWLINE = 0x0a;

export interface Encoding {
  readonly compress: boolean;
  /** gzip level, 0 to 9. */
  readonly compressionLevel: number;
}

/** Lines as a body of NDJSON; gzip runs in the thread pool. */
export const ndjsonBatch = (lines: readonly Uint8Array[], encoding: Encoding): SendableBatch => ({
  records: lines.length,
  slice: (start, end) => ndjsonBatch(lines.slice(start, end), encoding),
  encode: async () => {
    const raw = joinLines(lines);
    return {
      body: encoding.compress ? await gzip(raw, { level: encoding.compressionLevel }) : raw,
      compressed: encoding.compress,
      records: lines.length,
      rawBytes: raw.length,
    };
  },
});

const joinLines = (lines: readonly Uint8Array[]): Buffer => {
  const joined = Buffer.allocUnsafe(lines.reduce((bytes, line) => bytes + line.length + 1, 0));
  let at = 0;
  for (const line of lines) {
    joined.set(line, at);
    at += line.length;
    joined[at++] = NEWLINE;
  }
  return joined;
};
