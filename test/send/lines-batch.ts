import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { SendableBatch } from '../../lib/send/batch.ts';

const gzipped = promisify(gzip);

/** A batch of these lines; `compressed: false` leaves the body as it is. */
export const linesBatch = (
  lines: readonly string[],
  { compressed = true }: { compressed?: boolean } = {},
): SendableBatch => ({
  records: lines.length,
  slice: (start, end) => linesBatch(lines.slice(start, end), { compressed }),
  encode: async () => {
    const raw = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    return {
      body: compressed ? await gzipped(raw) : raw,
      compressed,
      records: lines.length,
      rawBytes: raw.length,
    };
  },
});

/** `{"n":0}`, `{"n":1}`, … */
export const numberedBatch = (records: number): SendableBatch =>
  linesBatch(Array.from({ length: records }, (_, n) => JSON.stringify({ n })));
