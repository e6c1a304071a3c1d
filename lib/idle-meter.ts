/** Measures how much could have been sent, but was not there yet. */
export interface IdleMeter {
  /** The wait for records. */
  whileReading<T>(promise: Promise<T>): Promise<T>;
  /** One request, from beginning to end. */
  whileUnderWay<T>(promise: Promise<T>): Promise<T>;
  /** Milliseconds, as if no request had been under way in them. */
  ms(): number;
}

/**
 * Counts the room for requests that is left while records are waited for: a wait with a quarter of the requests
 * under way counts three quarters. Before the first records there is nothing that could be sent.
 */
export const createIdleMeter = (now: () => number, requestsInFlight: number): IdleMeter => {
  let idleMs = 0;
  let atMs = now();
  let underWay = 0;
  let isReading = false;
  let reads = 0;

  const settle = (): void => {
    const nowMs = now();
    if (isReading && reads > 0) idleMs += (nowMs - atMs) * Math.max(0, 1 - underWay / requestsInFlight);
    atMs = nowMs;
  };

  return {
    whileReading: async (promise) => {
      settle();
      isReading = true;
      try {
        return await promise;
      } finally {
        settle();
        isReading = false;
        reads += 1;
      }
    },
    whileUnderWay: async (promise) => {
      settle();
      underWay += 1;
      try {
        return await promise;
      } finally {
        settle();
        underWay -= 1;
      }
    },
    ms: () => idleMs,
  };
};
