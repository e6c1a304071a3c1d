import { createWriteStream } from 'node:fs';
import { stat, truncate, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip, createZstdCompress, gzipSync, zstdCompressSync } from 'node:zlib';
import { bzip2Sync } from '../../test/read/bzip2-bytes.ts';
import { tarBytes } from '../../test/read/tar-bytes.ts';
import { zipBytes } from '../../test/read/zip-bytes.ts';
import type { Layout } from './layouts.ts';
import type { Line } from './lines.ts';

/** Writes lines to a file. */
export type Encoder = (path: string, lines: Iterable<Line>) => Promise<void>;

/** Writes the bytes of a file, a piece at a time. */
type Compression = (path: string, bytes: Iterable<Buffer>) => Promise<void>;

export const written =
  (layout: Layout, compress: Compression): Encoder =>
  (path, lines) =>
    compress(path, layout(lines));

const PIECE_BYTES = 256 * 1024;
/** Of an entry of an archive. */
const ENTRY_BYTES = 1_000_000;
/** Of two members. */
const MEMBER_BYTES = 100_000;
/** Of a file that is cut short, this much is left. */
const LEFT_SHARE = 0.6;
const FAST = { level: 1 };
const FAST_ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export const plain: Compression = (path, bytes) =>
  pipeline(Readable.from(piecesOf(bytes, PIECE_BYTES)), createWriteStream(path));

export const gzip: Compression = (path, bytes) =>
  pipeline(Readable.from(piecesOf(bytes, PIECE_BYTES)), createGzip(FAST), createWriteStream(path));

export const zstd: Compression = (path, bytes) =>
  pipeline(
    Readable.from(piecesOf(bytes, PIECE_BYTES)),
    createZstdCompress(FAST_ZSTD),
    createWriteStream(path),
  );

/** Of several members, borders of which and of lines do not agree. */
const inMembers =
  (compress: (member: Buffer) => Buffer): Compression =>
  (path, bytes) =>
    pipeline(Readable.from(membersOf(bytes, compress)), createWriteStream(path));

export const gzipMembers = inMembers((member) => gzipSync(member, FAST));
export const zstdFrames = inMembers((member) => zstdCompressSync(member, FAST_ZSTD));
export const bzip2Streams = inMembers(bzip2Sync);

/** Archives of JSON lines; every second entry is compressed itself. */
export const zip: Compression = (path, bytes) => writeFile(path, zipBytes(entriesOf(bytes)));

export const tarGzip: Compression = async (path, bytes) =>
  writeFile(path, gzipSync(await tarBytes(...entriesOf(bytes)), FAST));

const entriesOf = (bytes: Iterable<Buffer>): { readonly name: string; readonly content: Buffer }[] =>
  [...piecesOf(bytes, ENTRY_BYTES)].map((content, index) =>
    index % 2 === 0
      ? { name: `day/${index}.jsonl`, content }
      : { name: `day/${index}.jsonl.gz`, content: gzipSync(content, FAST) },
  );

export const cutShort =
  (compress: Compression): Compression =>
  async (path, bytes) => {
    await compress(path, bytes);
    await truncate(path, Math.floor((await stat(path)).size * LEFT_SHARE));
  };

function* membersOf(bytes: Iterable<Buffer>, compress: (member: Buffer) => Buffer): Generator<Buffer> {
  for (const piece of piecesOf(bytes, MEMBER_BYTES)) {
    const middle = Math.floor(piece.length / 2);
    yield compress(piece.subarray(0, middle));
    yield compress(piece.subarray(middle));
  }
}

function* piecesOf(parts: Iterable<Buffer>, pieceBytes: number): Generator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for (const part of parts) {
    held.push(part);
    heldBytes += part.length;
    if (heldBytes < pieceBytes) continue;
    yield Buffer.concat(held);
    held = [];
    heldBytes = 0;
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}
