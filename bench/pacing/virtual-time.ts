/** A clock that jumps from one wake-up to the next, so that an hour passes in a second. */
export interface VirtualTime {
  /** Milliseconds since the start. */
  now(): number;
  /** @throws the reason of `signal` once that is aborted */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>;
  /** Lets time pass, with everything that happens in it. */
  runUntil(endMs: number): Promise<void>;
}

interface WakeUp {
  readonly atMs: number;
  readonly wake: () => void;
}

export const createVirtualTime = (): VirtualTime => {
  const queue: WakeUp[] = [];
  let nowMs = 0;

  const sleep = (delayMs: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const giveUp = () => reject(signal.reason);
      signal.addEventListener('abort', giveUp, { once: true });
      const wake = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      insert(queue, { atMs: nowMs + delayMs, wake });
    });

  const runUntil = async (endMs: number): Promise<void> => {
    await everythingSettled();
    for (let next = queue[0]; next !== undefined && next.atMs <= endMs; next = queue[0]) {
      queue.shift();
      nowMs = next.atMs;
      next.wake();
      await everythingSettled();
    }
    nowMs = endMs;
  };

  return { now: () => nowMs, sleep, runUntil };
};

/** Whatever could go on without time passing has gone on. */
const everythingSettled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** From the end, since most wake-ups are set for later than most others; equal times keep their order. */
const insert = (queue: WakeUp[], wakeUp: WakeUp): void => {
  let index = queue.length;
  while (index > 0 && queue[index - 1]!.atMs > wakeUp.atMs) index -= 1;
  queue.splice(index, 0, wakeUp);
};
