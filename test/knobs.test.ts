import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../lib/read/memory.ts';
import type { Tuning } from '../lib/recipe/schema.ts';
import type { EncodedBatch, SendResult } from '../lib/send/batch.ts';
import type { ImportClient } from '../lib/send/client.ts';
import { splitObject } from '../lib/splitter.ts';
import { untilAborted } from './fake-client.ts';
import { inMemoryCloud } from './in-memory-cloud.ts';
import { synthesize } from './infra/synthesize.ts';
import { messageOf, startChunk } from './pipeline-run.ts';
import { countingSource } from './read/counting-source.ts';
import { mixedFile } from './records.ts';

type Knobs = Partial<Tuning>;

const LONG = { event: 'long', properties: { time: 1_700_000_000, distinct_id: 'u', pad: 'x'.repeat(1_500) } };
const FILE = Buffer.concat([mixedFile(400), Buffer.from(JSON.stringify(LONG))]);

const chunksOf = async (tuning: Knobs) => {
  const { chunks, dependencies } = inMemoryCloud(mixedFile(2_000), { tuning });
  await splitObject({ bucket: 'inbox', key: 'a.jsonl', etag: 'e1', sequencer: '1' }, dependencies);
  return chunks;
};

/** An API that takes everything, and keeps what it was sent. */
const takingClient = () => {
  const bodies: EncodedBatch[] = [];
  let underWay = 0;
  let mostAtOnce = 0;
  const send = async (batch: Parameters<ImportClient['send']>[0]): Promise<SendResult> => {
    mostAtOnce = Math.max(mostAtOnce, ++underWay);
    bodies.push(await batch.encode());
    await new Promise(setImmediate);
    underWay -= 1;
    return {
      imported: batch.records,
      rejected: [],
      requests: { total: 1, retried: 0, throttled: 0 },
      bytes: { sent: 0, compressed: 0 },
      waitMs: { request: 0, backoff: 0, pace: 0 },
    };
  };
  return { send, bodies, mostAtOnce: () => mostAtOnce };
};

const sendWith = async (tuning: Knobs, usedMB: () => number = () => 100) => {
  const client = takingClient();
  const seen = { collections: 0, notes: 0 };
  const { result, rejects } = startChunk({
    message: messageOf(FILE, tuning),
    source: memorySource(FILE, 500),
    client,
    memory: { peakMB: () => 100, usedMB, collect: () => void seen.collections++ },
    onBatch: () => void seen.notes++,
  });
  await result;
  const { bodies, mostAtOnce } = client;
  return { ...seen, bodies, mostAtOnce: mostAtOnce(), rejected: rejects.length };
};

const bodySum = async (tuning: Knobs, size: (body: EncodedBatch) => number): Promise<number> =>
  (await sendWith({ ...tuning, recordsPerBatch: 2_000 })).bodies.reduce((sum, body) => sum + size(body), 0);

const largestBatch = async (tuning: Knobs, size: (body: EncodedBatch) => number): Promise<number> =>
  Math.max(...(await sendWith(tuning)).bodies.map(size));

/** Bytes of the source that are read while no request is answered. */
const readAheadOf = async (tuning: Knobs): Promise<number> => {
  const source = countingSource(memorySource(FILE, 500));
  const { result } = startChunk({
    message: messageOf(FILE, { requestsInFlight: 1, ...tuning }),
    source,
    client: { send: (_, signal) => untilAborted(signal) },
    remainingMs: () => 100,
  });
  await result;
  return source.bytesRead();
};

const responsesKept = async (tuning: Knobs): Promise<number> => {
  const { result, responses } = startChunk({ message: messageOf(FILE, tuning), source: memorySource(FILE) });
  await result;
  return responses.length;
};

/** A sender whose memory is short at first. */
const collectionsWhileShort = async (tuning: Knobs): Promise<number> => {
  let looks = 0;
  return (await sendWith(tuning, () => (looks++ < 3 ? 480 : 100))).collections;
};

const deployed = (type: string, properties: object, tuning: Knobs): number => {
  const overrides = Object.fromEntries(Object.entries(tuning).map(([knob, value]) => [knob, String(value)]));
  return Object.keys(synthesize({ overrides }).template.findResources(type, { Properties: properties }))
    .length;
};

const mappingsOf = (workers: number) => (tuning: Knobs) =>
  deployed('AWS::Lambda::EventSourceMapping', { ScalingConfig: { MaximumConcurrency: workers } }, tuning);

const functionsOf = (megabytes: number) => (tuning: Knobs) =>
  deployed('AWS::Lambda::Function', { Handler: Match.anyValue(), MemorySize: megabytes }, tuning);

interface Effect {
  /** A number that the knob moves. */
  readonly measure: (tuning: Knobs) => number | Promise<number>;
  readonly less: Knobs;
  readonly more: Knobs;
}

/** Every knob is here, or this does not compile. */
const EFFECTS: Readonly<Record<keyof Tuning, Effect>> = {
  workers: { measure: mappingsOf(23), less: { workers: 7 }, more: { workers: 23 } },
  memory: { measure: functionsOf(777), less: { memory: 256 }, more: { memory: 777 } },
  recordsPerBatch: {
    measure: (tuning) => largestBatch(tuning, ({ records }) => records),
    less: { recordsPerBatch: 7 },
    more: { recordsPerBatch: 50 },
  },
  bytesPerBatch: {
    measure: (tuning) => largestBatch({ recordsPerBatch: 2_000, ...tuning }, ({ rawBytes }) => rawBytes),
    less: { bytesPerBatch: 2_048 },
    more: { bytesPerBatch: 8_192 },
  },
  requestsInFlight: {
    measure: async (tuning) => (await sendWith(tuning)).mostAtOnce,
    less: { requestsInFlight: 1 },
    more: { requestsInFlight: 5 },
  },
  highWater: { measure: readAheadOf, less: { highWater: 16 }, more: { highWater: 100 } },
  compress: {
    measure: (tuning) => bodySum(tuning, ({ body }) => body.length),
    less: { compress: true },
    more: { compress: false },
  },
  compressionLevel: {
    measure: (tuning) => bodySum({ compress: true, ...tuning }, ({ body }) => body.length),
    less: { compressionLevel: 9 },
    more: { compressionLevel: 1 },
  },
  abridged: {
    measure: responsesKept,
    less: { abridged: true },
    more: { abridged: false },
  },
  throttleMemory: {
    measure: collectionsWhileShort,
    less: { throttleMemory: false },
    more: { throttleMemory: true },
  },
  aggressiveGC: {
    measure: async (tuning) => (await sendWith(tuning)).collections,
    less: { aggressiveGC: false },
    more: { aggressiveGC: true },
  },
  verbose: {
    measure: async (tuning) => (await sendWith(tuning)).notes,
    less: { verbose: false },
    more: { verbose: true },
  },
  adaptive: {
    measure: async (tuning) => (await chunksOf(tuning))[0]!.recipe.tuning.highWater,
    less: { adaptive: false },
    more: { adaptive: true },
  },
  chunkBytes: {
    measure: async (tuning) => (await chunksOf(tuning)).length,
    less: { chunkBytes: 1_000_000 },
    more: { chunkBytes: 10_000 },
  },
  recordBytesMax: {
    measure: async (tuning) => -(await sendWith(tuning)).rejected,
    less: { recordBytesMax: 1_024 },
    more: { recordBytesMax: 2_048 },
  },
};

describe('every knob', () => {
  it.each(Object.entries(EFFECTS))('does something: %s', async (_, { measure, less, more }) => {
    expect(await measure(more)).toBeGreaterThan(await measure(less));
  });
});
