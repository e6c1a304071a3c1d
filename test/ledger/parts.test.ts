import { setImmediate as tick } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createPartsWriter } from '../../lib/ledger/parts.ts';

describe('createPartsWriter', () => {
  it('lets nobody add a second time while a part is being stored', async () => {
    const stored = Promise.withResolvers<void>();
    const writer = createPartsWriter<number>({
      put: () => stored.promise,
      lineOf: (n) => ({ n }),
      partBytesMax: 1,
    });
    let added = 0;
    const callers = [1, 2, 3].map(async (n) => {
      await writer.add(n);
      added += 1;
    });
    for (let i = 0; i < 20; i++) await tick();
    expect(added).toBe(0);
    stored.resolve();
    await Promise.all(callers);
    expect(added).toBe(3);
  });

  it('lets others add nothing either once a part is lost', async () => {
    const writer = createPartsWriter<string>({
      put: () => Promise.reject(new Error('bucket away')),
      lineOf: (text) => ({ text }),
      partBytesMax: 100,
    });
    await expect(writer.add('x'.repeat(100))).rejects.toThrow('bucket away');
    await expect(writer.add('x')).rejects.toThrow('bucket away');
    await expect(writer.close()).rejects.toThrow('bucket away');
  });
});
