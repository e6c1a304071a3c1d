import './node-under-clock.ts';
import { describe, expect, it } from 'vitest';
import { runSeed } from './run.ts';

const SEEDS_EACH = 40;
const TIMEOUT_MS = 300_000;

describe('an import with faults at random', () => {
  it.each([1, 41, 81, 121])(
    'loses nothing, doubles nothing and counts right: 40 seeds from %i on',
    async (first) => {
      const failing: object[] = [];
      for (let seed = first; seed < first + SEEDS_EACH; seed++) {
        const { problems } = await runSeed(seed);
        if (problems.length > 0) failing.push({ seed, problems });
      }
      expect(failing).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it.each([3, 7, 19, 36])(
    'goes the same way each time: seed %i',
    async (seed) => {
      const traces: string[][] = [[], []];
      for (const trace of traces) await runSeed(seed, (line) => trace.push(line));
      expect(traces[0]!.length).toBeGreaterThan(20);
      expect(traces[1]).toEqual(traces[0]);
    },
    TIMEOUT_MS,
  );
});
