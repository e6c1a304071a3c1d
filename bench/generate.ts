import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { productEvent, type Random } from './generate/product-event.ts';

const PIECE_BYTES = 1024 * 1024;
/** Disk that must stay free beside the file. */
const SPARE_BYTES = 5_000_000_000;

export interface EventsFile {
  readonly path: string;
  readonly events: number;
  readonly bytes: number;
}

export interface EventsFileOptions {
  readonly path: string;
  /** Ends with the event that reaches this many bytes, */
  readonly bytes?: number;
  /** or with this many events. */
  readonly events?: number;
  /** About this long a line; at least 240. Default 300. */
  readonly eventBytes?: number;
}

/**
 * Writes events as an application would log them, with the ids `e-0`, `e-1` …; the same options give the same bytes.
 *
 * @throws when the disk has no room for it
 */
export const generateEvents = async (options: EventsFileOptions): Promise<EventsFile> => {
  const {
    path,
    bytes: bytesMax = Number.POSITIVE_INFINITY,
    events: eventsMax = Number.POSITIVE_INFINITY,
  } = options;
  const eventBytes = options.eventBytes ?? 300;
  await checkRoom(path, Math.min(bytesMax, eventsMax * eventBytes));
  const file = createWriteStream(path);
  const random = randomNumbers(1);
  let events = 0;
  let bytes = 0;
  while (events < eventsMax && bytes < bytesMax) {
    let piece = '';
    while (piece.length < PIECE_BYTES && events < eventsMax && bytes + piece.length < bytesMax) {
      piece += `${productEvent(events++, random, eventBytes)}\n`;
    }
    bytes += piece.length;
    if (!file.write(piece, 'latin1')) await once(file, 'drain');
  }
  file.end();
  await finished(file);
  return { path, events, bytes };
};

/** @throws where the disk has no room for so much and `SPARE_BYTES` more */
export const checkRoom = async (path: string, bytes: number): Promise<void> => {
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize >= bytes + SPARE_BYTES) return;
  throw new Error(
    `${dirname(path)} has ${bavail * bsize} bytes left; ${bytes} and ${SPARE_BYTES} to spare are needed. Set TMPDIR to a larger disk.`,
  );
};

/** xorshift32: whole numbers up to 2^32, the same for the same seed. */
const randomNumbers = (seed: number): Random => {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
};
