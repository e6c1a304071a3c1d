import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { type CountingProcess, startCountingProcess } from '../counting-process.ts';
import { generateEvents } from '../generate.ts';
import { NO_QUOTA } from '../no-quota.ts';
import { measureImport } from '../run-import.ts';

export const RESPONSE_MS = 200;
const EVENT_BYTES = 300;
const CHUNKS_PER_WORKER = 2;
const LOOK_MS = 200;
/** Parts of the events that have arrived: before, senders start, and after, some have no chunk left. */
const FROM = 0.3;
const TO = 0.8;

/** Requests under way together, over so many senders. */
export interface Spread {
  readonly senders: number;
  readonly requestsInFlight: number;
  readonly recordsPerBatch: number;
}

export interface SpreadResult extends Spread {
  readonly eventsPerSecond: number;
  /** What one answer after the other allows, if nothing else took time. */
  readonly idealPerSecond: number;
  /** Of all cores of the machine, meanwhile. */
  readonly busyCores: number;
}

export interface SpreadOptions extends Spread {
  readonly folder: string;
  /** How long it should take, had nothing but the answers to be waited for. */
  readonly seconds: number;
}

/** Imports a file of events with one spread of requests; the rate is that of its middle, seen at the server. */
export const runSpread = async ({ folder, seconds, ...spread }: SpreadOptions): Promise<SpreadResult> => {
  const { senders, requestsInFlight, recordsPerBatch } = spread;
  const idealPerSecond = (senders * requestsInFlight * recordsPerBatch * 1_000) / RESPONSE_MS;
  const path = join(folder, 'events.jsonl');
  const events = Math.round(idealPerSecond * seconds);
  const { bytes } = await generateEvents({ path, events, eventBytes: EVENT_BYTES });
  const recipe = join(folder, 'recipe.json');
  const chunkBytes = Math.ceil(bytes / (senders * CHUNKS_PER_WORKER));
  const tuning = {
    workers: senders,
    requestsInFlight,
    recordsPerBatch,
    chunkBytes,
    memory: 256,
    compressionLevel: 1,
  };
  await writeFile(recipe, JSON.stringify({ destination: { quota: NO_QUOTA }, tuning }));
  const server = await startCountingProcess({ responseMs: RESPONSE_MS });
  try {
    const watch = watchArrivals(server);
    await measureImport(folder, path, [
      '--endpoint',
      server.url,
      '--token',
      'bench',
      '--recipe',
      recipe,
      '--json',
    ]);
    return { ...spread, idealPerSecond, ...middleOf(await watch.stop(), events) };
  } finally {
    await server.close();
  }
};

interface Look {
  readonly atMs: number;
  readonly events: number;
  /** Of all cores together, since they were started. */
  readonly busyMs: number;
}

const watchArrivals = (server: CountingProcess) => {
  const looks: Look[] = [];
  let pending = Promise.resolve();
  const look = async (): Promise<void> => {
    const { events } = await server.counts();
    looks.push({ atMs: performance.now(), events, busyMs: busyMs() });
  };
  const timer = setInterval(() => {
    pending = pending.then(look);
  }, LOOK_MS);
  return {
    stop: async (): Promise<readonly Look[]> => {
      clearInterval(timer);
      await pending.then(look);
      return looks;
    },
  };
};

const busyMs = (): number =>
  cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);

const middleOf = (looks: readonly Look[], expected: number) => {
  const arrived = looks.at(-1)!.events;
  if (arrived !== expected) throw new Error(`${arrived} of ${expected} events arrived.`);
  const first = looks.find(({ events }) => events >= FROM * expected)!;
  const last = looks.findLast(({ events }) => events <= TO * expected)!;
  const ms = last.atMs - first.atMs;
  if (!(ms > 0)) throw new Error('It was over too soon to be measured: give it more --seconds.');
  return {
    eventsPerSecond: ((last.events - first.events) / ms) * 1_000,
    busyCores: (last.busyMs - first.busyMs) / ms,
  };
};
