import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A file that repeats itself: what stands before, in, between and behind its blocks. */
export interface FileParts {
  readonly head?: Buffer;
  readonly block: Buffer;
  readonly between?: Buffer;
  readonly tail?: Buffer;
}

export const writeParts = (path: string, parts: FileParts, times: number): Promise<void> =>
  writeBytes(path, bytesOf(parts, times));

export const writeBytes = (path: string, bytes: Iterable<Buffer>): Promise<void> =>
  pipeline(Readable.from(bytes), createWriteStream(path));

function* bytesOf({ head, block, between, tail }: FileParts, times: number): Generator<Buffer> {
  if (head) yield head;
  for (let written = 0; written < times; written++) {
    if (between && written > 0) yield between;
    yield block;
  }
  if (tail) yield tail;
}
