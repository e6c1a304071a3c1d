import { createIdleMeter } from './idle-meter.ts';
import { noTime, type StageTimes } from './plan/stage-times.ts';
import type { SendableBatch, SendResult } from './send/batch.ts';

export interface SpentTime {
  /** Whole milliseconds, so that sums do not depend on their order. */
  readonly stageMs: StageTimes;
  /** How much shorter the run would have been with buffers so large that reading and sending never wait by turns. */
  readonly choppyMs: number;
}

/** Measures where the time of one run goes. The pipeline waits for one thing at a time; all else goes on beside it. */
export interface StageClock {
  /** The wait for records. */
  reading<T>(promise: Promise<T>): Promise<T>;
  /** Framing runs on the main thread while the pipeline waits for something: that time is its own, not the wait's. */
  framing<T>(work: () => T): T;
  /** The source stands still since as much was read ahead as may be. */
  stalled<T>(promise: Promise<T>): Promise<T>;
  /** The wait for room among the requests under way, or for the last of them. */
  sending<T>(promise: Promise<T>): Promise<T>;
  /** The wait for memory, with the collections of garbage that it begins with. */
  pausing<T>(wait: () => Promise<T>): Promise<T>;
  /** A batch whose compression is measured, that of its halves too. */
  encoding(batch: SendableBatch): SendableBatch;
  /** All that becomes of one batch, from its compression to its answer. */
  delivering(send: Promise<SendResult>): Promise<SendResult>;
  /** What there was until now. */
  spent(): SpentTime;
}

export interface StageClockOptions {
  /** Milliseconds since the epoch; asked a few times for each piece read and each batch, never for a record. */
  readonly now: () => number;
  /** Most requests under way at once. */
  readonly requestsInFlight: number;
}

export const createStageClock = ({ now, requestsInFlight }: StageClockOptions): StageClock => {
  const beganMs = now();
  const waits = { read: 0, requests: 0, memory: 0 };
  const sends = { all: 0, compress: 0, throttle: 0, backoff: 0 };
  const idle = createIdleMeter(now, requestsInFlight);
  let frameMs = 0;
  let stalledMs = 0;

  const timed = async <T>(promise: Promise<T>, add: (ms: number) => void): Promise<T> => {
    const startMs = now();
    const framedMs = frameMs;
    try {
      return await promise;
    } finally {
      add(now() - startMs - (frameMs - framedMs));
    }
  };

  const encoding = (batch: SendableBatch): SendableBatch => ({
    ...batch,
    slice: (start, end) => encoding(batch.slice(start, end)),
    readable: () => {
      const readable = batch.readable?.();
      return readable && { ...readable, batch: encoding(readable.batch) };
    },
    encode: () => timed(batch.encode(), (ms) => (sends.compress += ms)),
  });

  return {
    reading: (promise) => idle.whileReading(timed(promise, (ms) => (waits.read += ms))),
    framing: (work) => {
      const startMs = now();
      const framed = work();
      frameMs += now() - startMs;
      return framed;
    },
    stalled: (promise) => timed(promise, (ms) => (stalledMs += ms)),
    sending: (promise) => timed(promise, (ms) => (waits.requests += ms)),
    pausing: (wait) => timed(Promise.resolve().then(wait), (ms) => (waits.memory += ms)),
    encoding,
    delivering: async (send) => {
      const result = await idle.whileUnderWay(timed(send, (ms) => (sends.all += ms)));
      sends.throttle += result.waitMs.pace;
      sends[result.requests.throttled > 0 ? 'throttle' : 'backoff'] += result.waitMs.backoff;
      return result;
    },
    spent: () => ({
      stageMs: wholeMs(partsOf({ allMs: now() - beganMs, frameMs, waits, sends })),
      choppyMs: Math.round(Math.min(stalledMs, idle.ms())),
    }),
  };
};

interface Measured {
  readonly allMs: number;
  readonly frameMs: number;
  readonly waits: { readonly read: number; readonly requests: number; readonly memory: number };
  /** Summed over batches, which overlap. */
  readonly sends: {
    readonly all: number;
    readonly compress: number;
    readonly throttle: number;
    readonly backoff: number;
  };
}

/** A wait for requests is shared out by what they did meanwhile; what is not known of them was waiting for answers. */
const partsOf = ({ allMs, frameMs, waits, sends }: Measured): StageTimes => {
  const known = sends.compress + sends.throttle + sends.backoff;
  const share = Math.min(1, waits.requests / Math.max(1, sends.all, known));
  return {
    read: waits.read,
    frame: frameMs,
    transform: allMs - frameMs - waits.read - waits.memory - waits.requests,
    compress: sends.compress * share,
    request: waits.requests - known * share,
    throttle: sends.throttle * share,
    backoff: sends.backoff * share,
    memory: waits.memory,
  };
};

const wholeMs = (times: StageTimes): StageTimes => {
  const whole = noTime();
  for (const stage of Object.keys(whole) as (keyof StageTimes)[])
    whole[stage] = Math.max(0, Math.round(times[stage]));
  return whole;
};
