import { createWriteStream } from 'node:fs';
import { stat, truncate } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';

/** Writes lines to a file, a piece at a time. */
export type Encoder = (path: string, lines: Iterable<Buffer>) => Promise<void>;

const PIECE_BYTES = 256 * 1024;
/** Lines in a member, so that borders of members and of lines do not agree. */
const MEMBER_BYTES = 100_000;
/** Of a file that is cut short, this much is left. */
const LEFT_SHARE = 0.6;
const FAST = { level: 1 };

export const plain: Encoder = (path, lines) =>
  pipeline(Readable.from(piecesOf(lines, PIECE_BYTES)), createWriteStream(path));

export const gzip: Encoder = (path, lines) =>
  pipeline(Readable.from(piecesOf(lines, PIECE_BYTES)), createGzip(FAST), createWriteStream(path));

export const gzipMembers: Encoder = (path, lines) =>
  pipeline(Readable.from(membersOf(lines)), createWriteStream(path));

export const cutShort: Encoder = async (path, lines) => {
  await gzip(path, lines);
  await truncate(path, Math.floor((await stat(path)).size * LEFT_SHARE));
};

function* membersOf(lines: Iterable<Buffer>): Generator<Buffer> {
  for (const piece of piecesOf(lines, MEMBER_BYTES)) {
    const middle = Math.floor(piece.length / 2);
    yield gzipSync(piece.subarray(0, middle), FAST);
    yield gzipSync(piece.subarray(middle), FAST);
  }
}

function* piecesOf(lines: Iterable<Buffer>, pieceBytes: number): Generator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for (const line of lines) {
    held.push(line);
    heldBytes += line.length;
    if (heldBytes < pieceBytes) continue;
    yield Buffer.concat(held);
    held = [];
    heldBytes = 0;
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}
