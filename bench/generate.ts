import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';

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
  /** About this long a line; at least 300. */
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
      piece += eventLine(events++, random, eventBytes);
    }
    bytes += piece.length;
    if (!file.write(piece, 'latin1')) await once(file, 'drain');
  }
  file.end();
  await finished(file);
  return { path, events, bytes };
};

const checkRoom = async (path: string, bytes: number): Promise<void> => {
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize >= bytes + SPARE_BYTES) return;
  throw new Error(
    `${dirname(path)} has ${bavail * bsize} bytes left; ${bytes} and ${SPARE_BYTES} to spare are needed. Set TMPDIR to a larger disk.`,
  );
};

const NAMES = [
  'Page Viewed',
  'Signed Up',
  'Song Played',
  'Item Added To Cart',
  'Order Completed',
  'Search Run',
];
const PLACES = ['Berlin', 'Lagos', 'Lima', 'Osaka', 'Oslo', 'Pune', 'Quito', 'Turin'];

const eventLine = (i: number, random: () => number, eventBytes: number): string => {
  const pick = (list: readonly string[]): string => list[random() % list.length]!;
  const properties = {
    time: 1_700_000_000_000 + i * 37,
    distinct_id: `user-${random() % 100_000}`,
    $insert_id: `e-${i}`,
    $city: pick(PLACES),
    session: random().toString(16).padStart(8, '0').repeat(2),
    path: `/catalogue/${random() % 500}/item/${random() % 100_000}`,
    amount: (random() % 100_000) / 100,
    returning: random() % 2 === 0,
    plan: pick(['free', 'team', 'enterprise']),
  };
  const line = JSON.stringify({ event: pick(NAMES), properties });
  if (line.length > eventBytes - 20) return `${line}\n`;
  return `${JSON.stringify({ event: pick(NAMES), properties: { ...properties, note: words(eventBytes - line.length - 10, random) } })}\n`;
};

const words = (length: number, random: () => number): string => {
  let text = '';
  while (text.length < length) text += `${random().toString(36)} `;
  return text.slice(0, length);
};

/** xorshift32: whole numbers up to 2^32, the same for the same seed. */
const randomNumbers = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
};
