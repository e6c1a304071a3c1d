import { promisify } from 'node:util';
import { gzip as gzipCallback, gzipSync } from 'node:zlib';
import { type FramedRecord, type RecordRun, runOf } from '../frame/record.ts';
import type { Recipe } from '../recipe/schema.ts';
import { divideRun } from '../transform/divide-run.ts';
import { createEventMapper } from '../transform/event.ts';
import { passesEvents } from '../transform/passing.ts';
import { createSplicer } from '../transform/splice/splicer.ts';
import { ASSUMED_SPEEDS, type Machine, type Speeds } from './machine.ts';

const gzip = promisify(gzipCallback);

const MB = 1_000_000;
/** Each speed is measured for this long, at most so often, and on at most so much. */
const MEASURED_MS = 60;
const RUNS_MAX = 200;
const BODY_BYTES_MAX = 500_000;

/**
 * CPU time that was measured on a core which compresses the reference at this speed, and is scaled by how fast this
 * one does. Not by how fast it compresses the records: that differs by what is in them.
 */
const REFERENCE_BYTES_PER_SECOND = 105 * MB;
const REFERENCE_LEVEL = 6;
/** Of a sender beside mapping and gzip: reading, framing, joining, sending, and the garbage of them all. */
const SENDER_SECONDS_PER_BYTE = 1 / (300 * MB);
const SENDER_SECONDS_PER_RECORD = 3.3e-6;
/** The same of records that stay together in a run. */
const RUN_SECONDS_PER_RECORD = 0.1e-6;
/** A sender checks such records in WebAssembly, which takes so much less time than what is measured here. */
const KERNEL_TIMES = 2.5;
/** The same of records that are spliced, of which WebAssembly only finds the members. */
const SPLICE_TIMES = 2;
/** Of the embedded cloud. */
const STORE_SECONDS_PER_BYTE = 1 / (160 * MB);
const SIMULATOR_SECONDS_PER_BYTE = 1 / (90 * MB);
const SIMULATOR_SECONDS_PER_RECORD = 3.8e-6;
const SENDER_START_SECONDS = 0.45;
const START_SECONDS = 0.3;
const CHUNK_SECONDS = 0.1;
/** Memory-to-memory on one machine; no cap in practice. */
const LOOPBACK_BYTES_PER_SECOND = 500 * MB;

export interface MeasureOptions {
  /** A few hundred records or more of what is to be imported, and the body that they make. */
  readonly records: readonly FramedRecord[];
  readonly body: Buffer;
  /** The records come together, as lines do; those that need no mapping stay so. */
  readonly inRuns: boolean;
  readonly recipe: Pick<Recipe, 'fields' | 'insertId' | 'tuning'>;
  readonly cores: number;
  /** The Mixpanel simulator runs on the same cores. */
  readonly hasSimulator: boolean;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
}

/** This machine, as it is now: how fast it maps and compresses such records, with one core and with all. */
export const measureMachine = async (options: MeasureOptions): Promise<Machine> => {
  const { cores, hasSimulator, recipe, now } = options;
  const level = recipe.tuning.compressionLevel;
  const body = options.body.subarray(0, BODY_BYTES_MAX);
  const alone = await bytesPerSecond(body.length, now, () => void gzipSync(body, { level }));
  const together = await bytesPerSecond(body.length * cores, now, () =>
    Promise.all(Array.from({ length: cores }, () => gzip(body, { level }))),
  );
  const slowness = await measureSlowness(now);
  const server = hasSimulator ? slowness : 0;
  return {
    name: 'local',
    coresPerSender: cores,
    coresShared: Math.min(cores, Math.max(1, together / alone)),
    speeds: {
      ...(await measureMapping(options, slowness)),
      gzipBytesPerSecond: (other) =>
        (alone * ASSUMED_SPEEDS.gzipBytesPerSecond(other)) / ASSUMED_SPEEDS.gzipBytesPerSecond(level),
    },
    sourceBytesPerSecond: LOOPBACK_BYTES_PER_SECOND,
    uploadBytesPerSecond: LOOPBACK_BYTES_PER_SECOND,
    storeSecondsPerByte: STORE_SECONDS_PER_BYTE * slowness,
    serverSecondsPerRecord: SIMULATOR_SECONDS_PER_RECORD * server,
    serverSecondsPerByte: SIMULATOR_SECONDS_PER_BYTE * server,
    startSeconds: START_SECONDS,
    senderStartSeconds: SENDER_START_SECONDS * slowness,
    chunkSeconds: CHUNK_SECONDS * slowness,
    sendersAtStart: Number.POSITIVE_INFINITY,
    sendersPerSecond: 0,
  };
};

/** How much longer this machine takes than the one that the constants above are from. */
const measureSlowness = async (now: () => number): Promise<number> => {
  const reference = referenceBody();
  const run = (): void => void gzipSync(reference, { level: REFERENCE_LEVEL });
  return REFERENCE_BYTES_PER_SECOND / (await bytesPerSecond(reference.length, now, run));
};

/** The same 186 kB of short events each time. */
const referenceBody = (): Buffer => {
  const line = (i: number): string => {
    const distinctId = ((i * 2_654_435_761) >>> 0).toString(16);
    const properties = { time: 1_700_000_000 + i * 37, distinct_id: distinctId, value: (i * 7_919) % 10_007 };
    return `${JSON.stringify({ event: 'reference', properties })}\n`;
  };
  return Buffer.from(Array.from({ length: 2_000 }, (_, i) => line(i)).join(''));
};

const measureMapping = async (
  { records, inRuns, recipe, now }: MeasureOptions,
  slowness: number,
): Promise<Pick<Speeds, 'mapBytesPerSecond' | 'mapSecondsPerRecord'>> => {
  const origin = { uri: 'sample', etag: '', offset: 0 };
  const map = createEventMapper(recipe, origin);
  const bytes = records.reduce((sum, record) => sum + record.bytes.length + 1, 0);
  const lines = inRuns ? runOf(records) : undefined;
  const mayPass = passesEvents(recipe);
  const splice = createSplicer(recipe, origin);
  let shares = { mapped: 1, spliced: 0 };
  const bytesEachSecond = await bytesPerSecond(bytes, now, () => {
    const parts = lines ? divideRun(lines, { mayPass, splice }) : records;
    for (const part of parts) if (part.kind !== 'run') map(part, lines !== undefined);
    shares = sharesOf(parts, records.length);
  });
  const { mapped, spliced } = shares;
  const checked = 1 - mapped - spliced;
  const secondsPerByte = (mapped + spliced / SPLICE_TIMES + checked / KERNEL_TIMES) / bytesEachSecond;
  const secondsPerRecord = SENDER_SECONDS_PER_RECORD * mapped + RUN_SECONDS_PER_RECORD * (1 - mapped);
  return {
    mapBytesPerSecond: 1 / (secondsPerByte + SENDER_SECONDS_PER_BYTE * slowness),
    mapSecondsPerRecord: secondsPerRecord * slowness,
  };
};

/** Of all records, how many come out one by one, and how many in runs but spliced. */
const sharesOf = (
  parts: readonly (FramedRecord | RecordRun)[],
  records: number,
): { readonly mapped: number; readonly spliced: number } => {
  let [mapped, spliced] = [0, 0];
  for (const part of parts) {
    if (part.kind !== 'run') mapped += 1;
    else if (part.source) spliced += part.ends.length;
  }
  const all = Math.max(1, records);
  return { mapped: mapped / all, spliced: spliced / all };
};

/** How fast a run of so many bytes usually is; the first, which warms up, does not count. */
const bytesPerSecond = async (bytes: number, now: () => number, run: () => unknown): Promise<number> => {
  await run();
  const startMs = now();
  const runsMs: number[] = [];
  for (let beganMs = startMs; runsMs.length < RUNS_MAX && beganMs - startMs < MEASURED_MS; ) {
    await run();
    const endedMs = now();
    runsMs.push(endedMs - beganMs);
    beganMs = endedMs;
  }
  return bytes / (Math.max(medianOf(runsMs), 0.001) / 1_000);
};

/** Not the mean: a moment in which something else ran says nothing of the minutes to come. */
const medianOf = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
