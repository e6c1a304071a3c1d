import { setTimeout as delay } from 'node:timers/promises';

const FIRST_DELAY_MS = 100;
const DELAY_MAX_MS = 5_000;

/** Milliseconds to wait after the given number of failures in a row: 100, 200, 400 … 5,000. */
export const backOffMs = (failures: number): number =>
  Math.min(DELAY_MAX_MS, FIRST_DELAY_MS * 2 ** (failures - 1));

/** Waits, or returns early when the signal aborts. */
export async function sleep(waitMs: number, signal?: AbortSignal): Promise<void> {
  await delay(waitMs, undefined, signal ? { signal } : {}).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
}
