import { setImmediate as tick } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';

/** Fails the test if a rejection goes unhandled in it. */
export const watchRejections = (): void => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(async () => {
    await tick();
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
};
