import { promisify } from 'node:util';
import { gzip as gzipCallback, gzipSync } from 'node:zlib';
import type { FramedRecord } from '../frame/record.ts';
import type { Recipe } from '../recipe/schema.ts';
import { createEventMapper } from '../transform/event.ts';
import { ASSUMED_SPEEDS, type Machine, type Speeds } from './machine.ts';

const gzip = promisify(gzipCallback);

const MB = 1_000_000;
/** Each speed is measured for this long, at most so often, and on at most so much. */
const MEASURED_MS = 40;
const RUNS_MAX = 200;
const BODY_BYTES_MAX = 500_000;
/** Beside the mapping: reading, framing, joining, and the garbage of them all. */
const MAP_OVERHEAD = 1.5;

/** What the embedded cloud spends on what is imported, on a core that compresses as the table of gzip speeds says. */
const STORE_SECONDS_PER_BYTE = 1 / (120 * MB);
const SIMULATOR_SECONDS_PER_BYTE = 1 / (50 * MB);
const SIMULATOR_SECONDS_PER_RECORD = 7e-6;
const SENDER_START_SECONDS = 0.45;
const START_SECONDS = 0.3;
const CHUNK_SECONDS = 0.1;
/** Memory-to-memory on one machine; no cap in practice. */
const LOOPBACK_BYTES_PER_SECOND = 500 * MB;

export interface MeasureOptions {
  /** A few hundred records or more of what is to be imported, and the body that they make. */
  readonly records: readonly FramedRecord[];
  readonly body: Buffer;
  readonly recipe: Pick<Recipe, 'fields' | 'insertId' | 'tuning'>;
  readonly cores: number;
  /** The Mixpanel simulator runs on the same cores. */
  readonly hasSimulator: boolean;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
}

/** This machine, as it is now: how fast it maps and compresses such records, with one core and with all. */
export const measureMachine = async (options: MeasureOptions): Promise<Machine> => {
  const { cores, hasSimulator, recipe } = options;
  const level = recipe.tuning.compressionLevel;
  const body = options.body.subarray(0, BODY_BYTES_MAX);
  const alone = await bytesPerSecond(body.length, options.now, () => void gzipSync(body, { level }));
  const together = await bytesPerSecond(body.length * cores, options.now, () =>
    Promise.all(Array.from({ length: cores }, () => gzip(body, { level }))),
  );
  const slowness = ASSUMED_SPEEDS.gzipBytesPerSecond(level) / alone;
  return {
    name: 'local',
    coresPerSender: cores,
    coresShared: Math.min(cores, Math.max(1, together / alone)),
    speeds: await measureSpeeds(options, slowness),
    sourceBytesPerSecond: LOOPBACK_BYTES_PER_SECOND,
    uploadBytesPerSecond: LOOPBACK_BYTES_PER_SECOND,
    otherSecondsPerRecord: hasSimulator ? SIMULATOR_SECONDS_PER_RECORD * slowness : 0,
    otherSecondsPerByte:
      (STORE_SECONDS_PER_BYTE + (hasSimulator ? SIMULATOR_SECONDS_PER_BYTE : 0)) * slowness,
    startSeconds: START_SECONDS,
    senderStartSeconds: SENDER_START_SECONDS * slowness,
    chunkSeconds: CHUNK_SECONDS * slowness,
    sendersAtStart: Number.POSITIVE_INFINITY,
    sendersPerSecond: 0,
  };
};

const measureSpeeds = async ({ records, recipe, now }: MeasureOptions, slowness: number): Promise<Speeds> => {
  const map = createEventMapper(recipe, { uri: 'sample', etag: '', offset: 0 });
  const bytes = records.reduce((sum, { offset, nextOffset }) => sum + nextOffset - offset, 0);
  const mapped = await bytesPerSecond(bytes, now, () => {
    for (const record of records) map(record);
  });
  return {
    mapBytesPerSecond: mapped / MAP_OVERHEAD,
    mapSecondsPerRecord: 0,
    gzipBytesPerSecond: (level) => ASSUMED_SPEEDS.gzipBytesPerSecond(level) / slowness,
  };
};

/** How fast a run of so many bytes is; the first, which warms up, does not count. */
const bytesPerSecond = async (bytes: number, now: () => number, run: () => unknown): Promise<number> => {
  await run();
  const startMs = now();
  let runs = 0;
  while (runs === 0 || (now() - startMs < MEASURED_MS && runs < RUNS_MAX)) {
    await run();
    runs += 1;
  }
  return (bytes * runs) / (Math.max(now() - startMs, 0.001) / 1_000);
};
