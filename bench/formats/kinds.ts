import { spawnSync } from 'node:child_process';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { avroParts } from './avro.ts';
import { writeParquet } from './parquet.ts';
import { COLUMNS, type Row } from './rows.ts';
import { type FileParts, writeParts } from './write.ts';
import { writeZip } from './zip.ts';

/** A kind of file that is cut for several senders. */
export interface Kind {
  readonly name: string;
  readonly extension: string;
  /** Share of the megabytes that are asked for: less of what takes long. */
  readonly share: number;
  /** Writes a file of `rows` and the same again, so many times. */
  readonly write: (path: string, rows: readonly Row[], times: number) => Promise<void>;
}

const FAST = { level: 1 };

const inParts = (
  name: string,
  extension: string,
  partsOf: (rows: readonly Row[]) => FileParts,
  share = 1,
): Kind => ({
  name,
  extension,
  share,
  write: (path, rows, times) => writeParts(path, partsOf(rows), times),
});

const linesOf = (rows: readonly Row[]): Buffer =>
  Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

const tableOf = (rows: readonly Row[], delimiter: string): FileParts => ({
  head: Buffer.from(`${COLUMNS.join(delimiter)}\n`),
  block: Buffer.from(rows.map((row) => `${COLUMNS.map((column) => row[column]).join(delimiter)}\n`).join('')),
});

const arrayOf = (rows: readonly Row[]): FileParts => ({
  head: Buffer.from('['),
  block: Buffer.from(rows.map((row) => JSON.stringify(row)).join(',\n')),
  between: Buffer.from(',\n'),
  tail: Buffer.from(']\n'),
});

export const KINDS: readonly Kind[] = [
  inParts('jsonl', '.jsonl', (rows) => ({ block: linesOf(rows) })),
  inParts('json', '.json', arrayOf),
  inParts('csv', '.csv', (rows) => tableOf(rows, ',')),
  inParts('tsv', '.tsv', (rows) => tableOf(rows, '\t')),
  inParts('gzip', '.jsonl.gz', (rows) => ({ block: gzipSync(linesOf(rows), FAST) })),
  inParts('zstd', '.jsonl.zst', (rows) => ({ block: zstdCompressSync(linesOf(rows)) })),
  inParts('bzip2', '.jsonl.bz2', (rows) => ({ block: bzip2(linesOf(rows)) }), 0.1),
  inParts('avro', '.avro', avroParts),
  { name: 'parquet', extension: '.parquet', share: 1, write: writeParquet },
  {
    name: 'zip',
    extension: '.zip',
    share: 1,
    write: (path, rows, times) => writeZip(path, gzipSync(linesOf(rows), FAST), times),
  },
];

/** Node has no encoder of its own. @throws where the program is missing */
const bzip2 = (bytes: Buffer): Buffer => {
  const { error, stdout } = spawnSync('bzip2', ['-c'], { input: bytes, maxBuffer: bytes.length });
  if (error) throw new Error(`bzip2 cannot be run (${error.message}): install it, or leave the kind out.`);
  return stdout;
};
