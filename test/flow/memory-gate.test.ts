import { describe, expect, it } from 'vitest';
import { createMemoryGate } from '../../lib/flow/memory-gate.ts';

/** A gate over memory that reads the given shares of 100 MB, the last one for ever. */
const gateOver = (...shares: number[]) => {
  const seen = { sleeps: 0, collections: 0 };
  const gate = createMemoryGate({
    memory: {
      usedMB: () => (shares.length > 1 ? shares.shift()! : shares[0]!) * 100,
      collect: () => {
        seen.collections += 1;
      },
    },
    budgetMB: 100,
    sleep: async () => {
      seen.sleeps += 1;
    },
  });
  return { gate, seen };
};

describe('createMemoryGate', () => {
  it('does not wait, nor collect, below the pause threshold', async () => {
    const { gate, seen } = gateOver(0.79);
    expect(await gate()).toBe(false);
    expect(seen).toEqual({ sleeps: 0, collections: 0 });
  });

  it('waits above the pause threshold until memory is below the resume threshold', async () => {
    const { gate, seen } = gateOver(0.9, 0.85, 0.7, 0.66, 0.64);
    expect(await gate()).toBe(true);
    expect(seen).toEqual({ sleeps: 3, collections: 4 });
  });

  it('goes on after five seconds of memory that stays high', async () => {
    const { gate, seen } = gateOver(0.95);
    expect(await gate()).toBe(true);
    expect(seen.sleeps).toBe(100);
  });
});
