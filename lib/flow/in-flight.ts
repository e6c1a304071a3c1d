export interface InFlightOptions<Item, Result> {
  /** Most items under way at once. */
  readonly itemsMax: number;
  /** Most bytes under way at once; one item alone may exceed it. */
  readonly bytesMax: number;
  readonly bytesOf: (item: Item) => number;
  readonly run: (item: Item, signal: AbortSignal) => Promise<Result>;
  /** Called in the order of submission, one at a time, and never after a failure. */
  readonly commit: (item: Item, result: Result) => Promise<void>;
}

export interface InFlight<Item> {
  /** Starts an item as soon as there is room. @throws the first failure of any item */
  submit(item: Item): Promise<void>;
  /** Waits until nothing is under way any more, no commit either. @throws the first failure of any item */
  drain(): Promise<void>;
  /** Waits for something else, but no longer than until `abort` or the first failure. @throws its reason */
  unlessAborted<T>(promise: Promise<T>): Promise<T>;
  /** Ends what is under way; `drain` and `submit` then throw `reason`. What was committed stays so. */
  abort(reason: unknown): void;
}

/** Runs items several at a time but commits them in order, so that what is committed is always a run from the start. */
export const createInFlight = <Item, Result>(options: InFlightOptions<Item, Result>): InFlight<Item> => {
  const { itemsMax, bytesMax, bytesOf, run, commit } = options;
  const controller = new AbortController();
  const { signal } = controller;
  let items = 0;
  let bytes = 0;
  let commits: Promise<void> = Promise.resolve();
  let wake = Promise.withResolvers<void>();
  const waiting = new Set<(reason: unknown) => void>();

  const abort = (reason: unknown): void => {
    controller.abort(reason);
    for (const giveUp of waiting) giveUp(signal.reason);
    wake.resolve();
  };

  // Not a race with a promise that lives as long as the chunk: it would hold every value that it lost to.
  const unlessAborted = <T>(promise: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      waiting.add(reject);
      promise.then(resolve, reject).finally(() => waiting.delete(reject));
    });

  const hasRoom = (size: number): boolean => items === 0 || (items < itemsMax && bytes + size <= bytesMax);

  const start = (item: Item, size: number): void => {
    items += 1;
    bytes += size;
    const before = commits;
    commits = (async () => {
      try {
        const result = await run(item, signal);
        await before;
        if (!signal.aborted) await commit(item, result);
      } catch (error) {
        abort(error);
      }
      await before;
      items -= 1;
      bytes -= size;
      wake.resolve();
      wake = Promise.withResolvers();
    })();
  };

  return {
    submit: async (item) => {
      const size = bytesOf(item);
      while (!signal.aborted && !hasRoom(size)) await wake.promise;
      signal.throwIfAborted();
      start(item, size);
    },
    drain: async () => {
      await commits;
      signal.throwIfAborted();
    },
    unlessAborted,
    abort,
  };
};
