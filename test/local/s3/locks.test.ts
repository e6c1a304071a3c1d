import { describe, expect, it } from 'vitest';

import { createLocks } from '../../../local/s3/locks.ts';

describe('createLocks', () => {
  it('runs work of one name one at a time and in order, past a failure', async () => {
    const locks = createLocks();
    const steps: string[] = [];
    const work = (name: string) => async () => {
      steps.push(`${name} starts`);
      await new Promise(setImmediate);
      steps.push(`${name} ends`);
      if (name === 'a') throw new Error('a failed');
      return name;
    };
    const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => locks('key', work(name))));
    expect(steps).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  });

  it('lets work of different names overlap', async () => {
    const locks = createLocks();
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = locks('a', () => promise);
    await locks('b', async () => resolve());
    await first;
  });
});
