import { describe, expect, it } from 'vitest';
import type { SendableBatch, SendResult } from '../lib/send/batch.ts';
import { createStageClock } from '../lib/stage-clock.ts';

/** A stage clock whose time goes on only where it is told to. */
const startClock = (requestsInFlight = 1) => {
  let nowMs = 1_000;
  const clock = createStageClock({ now: () => nowMs, requestsInFlight });
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  /** Ends when the time has gone on. */
  const wait = async <T>(ms: number, value?: T): Promise<T> => {
    await Promise.resolve();
    pass(ms);
    return value as T;
  };
  return { clock, pass, wait };
};

const NO_TIME = {
  read: 0,
  frame: 0,
  transform: 0,
  compress: 0,
  request: 0,
  throttle: 0,
  backoff: 0,
  memory: 0,
};

const sent = (waitMs: Partial<SendResult['waitMs']> = {}, throttled = 0): SendResult => ({
  imported: 1,
  rejected: [],
  requests: { total: 1, retried: 0, throttled },
  bytes: { sent: 1, compressed: 1 },
  waitMs: { request: 0, backoff: 0, pace: 0, ...waitMs },
});

describe('createStageClock', () => {
  it('keeps waits for records, for requests and for memory apart, and takes the rest for mapping', async () => {
    const { clock, pass, wait } = startClock();
    await clock.reading(wait(100));
    await clock.sending(wait(70));
    await clock.sending(wait(5).then(() => Promise.reject(new Error('no')))).catch(() => undefined);
    await clock.pausing(() => wait(30));
    pass(25);
    expect(clock.spent().stageMs).toEqual({ ...NO_TIME, read: 100, request: 75, memory: 30, transform: 25 });
  });

  it('takes framing out of whatever was waited for meanwhile', async () => {
    const { clock, pass, wait } = startClock();
    const frame = async (): Promise<void> => {
      await wait(40);
      clock.framing(() => pass(60));
    };
    await clock.reading(frame());
    await clock.sending(frame());
    expect(clock.spent().stageMs).toEqual({ ...NO_TIME, frame: 120, read: 40, request: 40 });
  });

  it('shares a wait for requests out by what they did', async () => {
    const { clock, wait } = startClock();
    const batch: SendableBatch = {
      records: 2,
      slice: () => batch,
      encode: () => wait(10, { body: Buffer.alloc(0), compressed: false, records: 2, rawBytes: 0 }),
    };
    const send = async (): Promise<SendResult> => {
      await clock.encoding(batch).slice(0, 1).encode();
      return wait(90, sent({ pace: 30, backoff: 20 }));
    };
    await clock.sending(clock.delivering(send()));
    expect(clock.spent().stageMs).toEqual({
      ...NO_TIME,
      compress: 10,
      throttle: 30,
      backoff: 20,
      request: 40,
    });
  });

  it('counts the back-off after a 429 as held back by the quota', async () => {
    const { clock, wait } = startClock();
    await clock.sending(clock.delivering(wait(90, sent({ backoff: 50 }, 1))));
    expect(clock.spent().stageMs).toEqual({ ...NO_TIME, throttle: 50, request: 40 });
  });

  it('takes requests that never ended for waiting for answers', async () => {
    const { clock, wait } = startClock();
    const failing = clock.delivering(wait(80).then(() => Promise.reject(new Error('over'))));
    await clock.sending(failing).catch(() => undefined);
    expect(clock.spent().stageMs).toEqual({ ...NO_TIME, request: 80 });
  });

  it('does not blow up what requests did when something else took longer', async () => {
    const { clock, wait } = startClock();
    await clock.sending(clock.delivering(wait(10, sent({ pace: 10 }))).then(() => wait(90)));
    expect(clock.spent().stageMs).toEqual({ ...NO_TIME, throttle: 10, request: 90 });
  });
});

describe('createStageClock: choppy flow', () => {
  it('is the smaller of how long the source stood still and how long nothing was sent', async () => {
    const timed = startClock();
    await timed.clock.reading(timed.wait(500));
    await timed.clock.stalled(timed.wait(300));
    expect(timed.clock.spent().choppyMs).toBe(0);
    await timed.clock.reading(timed.wait(200));
    expect(timed.clock.spent().choppyMs).toBe(200);
    await timed.clock.reading(timed.wait(200));
    expect(timed.clock.spent().choppyMs).toBe(300);
  });

  it('counts the room that is left beside requests under way', async () => {
    const timed = startClock(4);
    await timed.clock.reading(timed.wait(1));
    await timed.clock.stalled(timed.wait(1_000));
    const answered = Promise.withResolvers<SendResult>();
    const delivered = timed.clock.delivering(answered.promise);
    await timed.clock.reading(timed.wait(100));
    answered.resolve(sent());
    await delivered;
    await timed.clock.reading(timed.wait(100));
    expect(timed.clock.spent().choppyMs).toBe(175);
  });
});
