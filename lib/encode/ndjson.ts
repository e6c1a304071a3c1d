import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';
import { cutRun, type RecordRun } from '../frame/record.ts';
import type { ReadableBatch, SendableBatch } from '../send/batch.ts';
import { createSpareBuffers } from './spare-buffers.ts';

const gzip = promisify(gzipCallback);

const NEWLINE = 0x0a;

export interface Encoding {
  readonly compress: boolean;
  /** gzip level, 0 to 9. */
  readonly compressionLevel: number;
}

/** A line without its line feed, or several with theirs. */
export type Lines = Uint8Array | RecordRun;

/**
 * Compressed bytes that are made at a time: each piece is a trip to the thread pool and back, which with zlib's own
 * 16 KiB takes a tenth of the time at level 1. A quarter of the body, since it mostly shrinks to less.
 */
const PIECE_BYTES_MIN = 64 * 1024;
const PIECE_BYTES_MAX = 256 * 1024;
const PIECE_SHARE = 0.25;

/** The most that zlib takes: 130 KB more than by default, for a body that is a little smaller, and sooner there. */
const MEMORY_LEVEL = 9;

/** Bodies before compression, of all batches of this process; no more are compressed at once than libuv has threads. */
const bodies = createSpareBuffers(4);

/** What is wrong with a line, or undefined. */
export type LineCheck = (line: Uint8Array) => string | undefined;

/**
 * Lines as a body of NDJSON; gzip runs in the thread pool.
 *
 * @param check of lines that were not read yet: asked only where the API refuses all of them
 */
export const ndjsonBatch = (
  parts: readonly Lines[],
  encoding: Encoding,
  check?: LineCheck,
): SendableBatch => {
  const records = parts.reduce((sum, part) => sum + recordsOf(part), 0);
  return {
    records,
    slice: (start, end) => ndjsonBatch(cutLines(parts, start, end), encoding, check),
    encode: async () => {
      const { compress } = encoding;
      const raw = joinLines(parts, compress ? bodies.take : Buffer.allocUnsafe);
      const body = compress ? await compressed(raw, encoding) : raw;
      return { body, compressed: compress, records, rawBytes: raw.length };
    },
    ...(check && { readable: () => readableOf(parts, encoding, check) }),
  };
};

const compressed = async (raw: Buffer, { compressionLevel: level }: Encoding): Promise<Buffer> => {
  const chunkSize = Math.round(
    Math.min(PIECE_BYTES_MAX, Math.max(PIECE_BYTES_MIN, raw.length * PIECE_SHARE)),
  );
  return gzip(raw, { level, chunkSize, memLevel: MEMORY_LEVEL }).finally(() => bodies.giveBack(raw));
};

const readableOf = (
  parts: readonly Lines[],
  encoding: Encoding,
  check: LineCheck,
): ReadableBatch | undefined => {
  const lines = parts.flatMap(linesOf);
  const reasons = lines.map(check);
  const broken = reasons.flatMap((reason, index) => (reason === undefined ? [] : [{ index, reason }]));
  if (broken.length === 0) return undefined;
  const indices = [...reasons.keys()].filter((index) => reasons[index] === undefined);
  return {
    batch: ndjsonBatch(
      indices.map((index) => lines[index]!),
      encoding,
    ),
    indices,
    broken,
  };
};

const linesOf = (part: Lines): Uint8Array[] =>
  'ends' in part
    ? part.ends.map((end, index) => part.bytes.subarray(part.ends[index - 1] ?? 0, end - 1))
    : [part];

const recordsOf = (part: Lines): number => ('ends' in part ? part.ends.length : 1);

const cutLines = (parts: readonly Lines[], start: number, end: number): Lines[] => {
  const kept: Lines[] = [];
  let at = 0;
  for (const part of parts) {
    const count = recordsOf(part);
    const [from, to] = [Math.max(0, start - at), Math.min(count, end - at)];
    at += count;
    if (from < to) kept.push('ends' in part ? cutRun(part, from, to) : part);
  }
  return kept;
};

const joinLines = (parts: readonly Lines[], take: (bytes: number) => Buffer): Buffer => {
  const joined = take(parts.reduce((bytes, part) => bytes + bytesOf(part), 0));
  let at = 0;
  for (const part of parts) {
    joined.set('ends' in part ? part.bytes : part, at);
    at += bytesOf(part);
    joined[at - 1] = NEWLINE;
  }
  return joined;
};

const bytesOf = (part: Lines): number => ('ends' in part ? part.bytes.length : part.length + 1);
