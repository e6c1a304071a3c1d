import { createVirtualTime, type VirtualTime } from '../bench/pacing/virtual-time.ts';
import type { PipelineResult } from '../lib/pipeline.ts';
import type { ByteSource } from '../lib/read/byte-source.ts';
import { memorySource } from '../lib/read/memory.ts';
import type { Tuning } from '../lib/recipe/schema.ts';
import { createImportClient } from '../lib/send/client.ts';
import type { Answer } from '../lib/send/transport.ts';
import type { Quota } from '../lib/tune/quota.ts';
import { messageOf, startChunk } from './pipeline-run.ts';

const HOUR_MS = 3_600_000;
const NEVER = new AbortController().signal;

export interface TimedChunk {
  readonly records: number;
  /** Every read gives so many records ... */
  readonly recordsPerRead?: number;
  /** ... after this long; the read is counted from 0. */
  readonly readMs?: (read: number) => number;
  readonly responseMs?: number;
  /** What a request is answered, counted from 0. Default: 200. */
  readonly status?: (request: number) => number;
  readonly quota?: Quota;
  readonly tuning?: Partial<Tuning>;
  readonly usedMB?: () => number;
  /** Default: a clock of its own. */
  readonly time?: VirtualTime;
  /** Work that the main thread has done until now, added to the clock. */
  readonly workedMs?: () => number;
}

export interface TimedResult extends PipelineResult {
  /** From the beginning to the end. */
  readonly tookMs: number;
}

/** Runs the real pipeline and the real client, source and API as slow as they are told to be, in virtual time. */
export const runTimedChunk = async (chunk: TimedChunk): Promise<TimedResult> => {
  const { workedMs = () => 0, usedMB = () => 100, time = createVirtualTime() } = chunk;
  const now = (): number => time.now() + workedMs();
  const file = Buffer.from(Array.from({ length: chunk.records }, (_, n) => `${eventOf(n)}\n`).join(''));
  const client = openClient(chunk, { ...time, now });
  const { result } = startChunk({
    message: messageOf(file, { recordsPerBatch: 100, requestsInFlight: 1, ...chunk.tuning }),
    source: slowSource(file, chunk, time),
    client,
    now,
    memory: { peakMB: () => 100, usedMB, collect: () => undefined },
  });
  let tookMs = 0;
  const ended = result.then((value) => {
    tookMs = now();
    return value;
  });
  await time.runUntil(HOUR_MS);
  await client.close();
  return { ...(await ended), tookMs };
};

const EVENT_BYTES = 100;

const eventOf = (n: number): string => {
  const properties = { time: 1_700_000_000, distinct_id: 'u', $insert_id: String(n) };
  return JSON.stringify({ event: 'e', properties }).padEnd(EVENT_BYTES - 1);
};

const slowSource = (
  file: Buffer,
  { recordsPerRead = 20, readMs = () => 0 }: TimedChunk,
  time: VirtualTime,
): ByteSource => {
  const source = memorySource(file, recordsPerRead * EVENT_BYTES);
  return {
    ...source,
    async *read(range) {
      let reads = 0;
      for await (const piece of source.read(range)) {
        await time.sleep(readMs(reads++), NEVER);
        yield piece;
      }
    },
  };
};

const openClient = ({ responseMs = 0, status = () => 200, quota, tuning }: TimedChunk, time: VirtualTime) => {
  let requests = 0;
  return createImportClient({
    destination: { region: 'us' },
    credentials: { kind: 'none' },
    limits: { requestsInFlight: tuning?.requestsInFlight ?? 1 },
    ...(quota && { quota }),
    openTransport: () => ({
      post: async ({ records }, signal) => {
        const code = status(requests++);
        await time.sleep(responseMs, signal);
        return answer(code, code === 200 ? { code, num_records_imported: records } : { code, error: 'no' });
      },
      close: async () => undefined,
    }),
    now: time.now,
    sleep: time.sleep,
    random: () => 0.5,
  });
};

const answer = (status: number, body: object): Answer => ({
  kind: 'answer',
  status,
  headers: {},
  truncated: false,
  bodyText: JSON.stringify(body),
});
