import { setTimeout as sleep } from 'node:timers/promises';

export interface Wait<T> {
  /** What is awaited, for the message. */
  readonly what: string;
  /** `undefined`: not yet. */
  readonly poll: () => Promise<T | undefined>;
  readonly everyMs: number;
  readonly timeoutMs: number;
}

/** Polls until there is a value. @throws when there is none in time */
export const waitFor = async <T>({ what, poll, everyMs, timeoutMs }: Wait<T>): Promise<T> => {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const value = await poll();
    if (value !== undefined) return value;
    if (Date.now() >= deadlineMs) throw new Error(`No ${what} within ${timeoutMs / 1_000} s.`);
    await sleep(everyMs);
  }
};
