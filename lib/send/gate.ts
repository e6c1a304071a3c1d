/** Lets a fixed number of tasks run at once; the others wait in order. */
export interface Gate {
  /** @throws the reason of `signal` if that is aborted before the task starts, or whatever the task throws */
  run<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T>;
}

/** Waiting tasks hold no bodies; there are as many as records at most, when every record is halved down to. */
export const createGate = (slots: number): Gate => {
  const waiting = new Set<() => void>();
  let free = slots;

  const enter = async (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    if (free > 0) {
      free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const admit = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = () => {
        waiting.delete(admit);
        reject(signal.reason);
      };
      waiting.add(admit);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  };

  const leave = (): void => {
    const [next] = waiting;
    if (next === undefined) {
      free += 1;
      return;
    }
    waiting.delete(next);
    next();
  };

  return {
    async run(signal, task) {
      await enter(signal);
      try {
        return await task();
      } finally {
        leave();
      }
    },
  };
};
