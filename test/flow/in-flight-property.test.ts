import { setImmediate as tick } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInFlight } from '../../lib/flow/in-flight.ts';
import { watchRejections } from './watch-rejections.ts';

const ticks = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await tick();
};

describe('createInFlight: any delays and failures', () => {
  it('ends, with a run of items from the start committed in order and all limits kept', async () => {
    watchRejections();
    const item = fc.record({
      bytes: fc.nat(8),
      runTicks: fc.nat(4),
      commitTicks: fc.nat(2),
      fails: fc.oneof({ weight: 9, arbitrary: fc.constant('never') }, fc.constantFrom('run', 'commit')),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 12 }),
        fc.option(fc.nat(12)),
        async (items, itemsMax, bytesMax, abortAt) => {
          const running: number[] = [];
          const committed: number[] = [];
          const inFlight = createInFlight<number, number>({
            itemsMax,
            bytesMax,
            bytesOf: (index) => items[index]!.bytes,
            run: async (index) => {
              running.push(index);
              await ticks(items[index]!.runTicks);
              if (items[index]!.fails === 'run') throw new Error('failed');
              return index;
            },
            commit: async (index, result) => {
              expect(result).toBe(index);
              await ticks(items[index]!.commitTicks);
              if (items[index]!.fails === 'commit') throw new Error('failed');
              running.splice(running.indexOf(index), 1);
              committed.push(index);
            },
          });
          let error: unknown;
          try {
            for (const index of items.keys()) {
              if (index === abortAt) inFlight.abort(new Error('aborted'));
              await inFlight.submit(index);
              const bytes = running.reduce((sum, other) => sum + items[other]!.bytes, 0);
              expect(running.length <= itemsMax && (bytes <= bytesMax || running.length === 1)).toBe(true);
            }
            await inFlight.drain();
          } catch (caught) {
            error = caught;
            inFlight.abort(caught);
            await inFlight.drain().catch(() => undefined);
          }
          const firstBad = items.findIndex(({ fails }) => fails !== 'never');
          const goodItems = firstBad < 0 ? items.length : firstBad;
          expect(committed).toEqual([...committed.keys()]);
          expect(committed.length).toBeLessThanOrEqual(goodItems);
          if (abortAt === null || abortAt >= items.length) {
            expect(error === undefined).toBe(firstBad < 0);
            if (firstBad < 0) expect(committed.length).toBe(items.length);
          } else expect(error).toBeInstanceOf(Error);
          const before = committed.length;
          await ticks(8);
          expect(committed.length).toBe(before);
        },
      ),
      { numRuns: 150 },
    );
  });
});
