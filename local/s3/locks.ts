/** Runs work of one name one at a time, in the order asked for. */
export type Locks = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Locks by name. A name costs memory only while work of that name runs or waits. */
export function createLocks(): Locks {
  const tails = new Map<string, Promise<unknown>>();
  return async (name, work) => {
    const before = tails.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    tails.set(name, mine);
    try {
      return await mine;
    } finally {
      if (tails.get(name) === mine) tails.delete(name);
    }
  };
}
