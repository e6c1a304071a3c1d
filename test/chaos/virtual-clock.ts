/** A clock that jumps from one wake-up to the next: hours of waiting pass at once, in an order that repeats. */
export interface VirtualClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** @returns a function that calls it off */
  after(delayMs: number, action: () => void): () => void;
  /** @throws the reason of `signal` once that is aborted */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Lets time pass until it is over, or nothing is left to happen. @returns whether it is over */
  run(isOver: () => boolean): Promise<boolean>;
}

interface WakeUp {
  readonly atMs: number;
  readonly action: () => void;
}

/** A Sunday in 2026: events before it are in the past. */
const EPOCH_MS = 1_795_000_000_000;

export const createVirtualClock = (): VirtualClock => {
  const wakeUps: WakeUp[] = [];
  let nowMs = EPOCH_MS;

  const after = (delayMs: number, action: () => void): (() => void) => {
    const wakeUp = { atMs: nowMs + Math.max(0, delayMs), action };
    insert(wakeUps, wakeUp);
    return () => {
      const index = wakeUps.indexOf(wakeUp);
      if (index >= 0) wakeUps.splice(index, 1);
    };
  };

  const sleep = (delayMs: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const giveUp = () => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = after(delayMs, () => {
        signal?.removeEventListener('abort', giveUp);
        resolve();
      });
      signal?.addEventListener('abort', giveUp, { once: true });
    });

  const run = async (isOver: () => boolean): Promise<boolean> => {
    await everythingSettled();
    while (!isOver()) {
      const next = wakeUps.shift();
      if (next === undefined) return false;
      nowMs = next.atMs;
      next.action();
      await everythingSettled();
    }
    return true;
  };

  return { now: () => nowMs, after, sleep, run };
};

/** Whatever could go on without time passing has gone on: nothing here waits for anything but this clock. */
const everythingSettled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** From the end, since most wake-ups are set for later than most others; equal times keep their order. */
const insert = (wakeUps: WakeUp[], wakeUp: WakeUp): void => {
  let index = wakeUps.length;
  while (index > 0 && wakeUps[index - 1]!.atMs > wakeUp.atMs) index -= 1;
  wakeUps.splice(index, 0, wakeUp);
};
