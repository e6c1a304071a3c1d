import { describe, expect, it } from 'vitest';
import { memorySource } from '../lib/read/memory.ts';
import { memoryOutcomes } from './in-memory-fleet.ts';
import { byNumber, numberOf } from './records.ts';
import { type ChunkRun, messageOf, run, runAll } from './sender-run.ts';

/** Without the chunk that it belongs to. */
const nameOf = (key: string): string => key.slice(key.lastIndexOf('-') + 1);

describe('sendChunk: rejects', () => {
  it.each<[string, ChunkRun[]]>([
    ['one after the other', [{ sends: 99 }, { sends: 99 }]],
    ['the second of which comes to nothing', [{ sends: 99 }, { sends: 0 }]],
    ['the first of which sends on what is left', [{ sends: 3 }, { restOf: 0, sends: 99 }]],
    [
      'two of which send on what is left',
      [{ sends: 3 }, { sends: 5 }, { restOf: 1, sends: 99 }, { restOf: 0, sends: 99 }],
    ],
  ])('writes each rejection once, whatever runs there are: %s', async (_, runs) => {
    const { store, rejects } = memoryOutcomes();
    await runAll(runs, messageOf(), store);
    const whole = await run({});
    const places = (entries: ReturnType<typeof rejects.entries>) =>
      entries.map(({ place }) => place.offset).toSorted(byNumber);
    expect(places(rejects.entries())).toEqual(places(whole.rejects.entries()));
    expect(whole.rejects.entries().length).toBeGreaterThan(5);
  });

  it('shows no rejection before its chunk is done', async () => {
    const { rejects, kept, continuations } = await run({
      client: {
        before: async (lines) => {
          if (numberOf(lines[0]!) > 40) throw new Error('unavailable');
        },
      },
    });
    expect(continuations).toMatchObject([{ message: { rejectParts: [...kept.keys()].map(nameOf) } }]);
    expect(kept.size).toBe(1);
    expect(rejects.entries()).toEqual([]);
  });

  it('fails where a part cannot be written, so that no rejection is lost', async () => {
    const outcomes = { ...memoryOutcomes().store, keep: () => Promise.reject(new Error('bucket away')) };
    const { outcome, receipts, continuations } = await run({ dependencies: { outcomes } });
    expect(outcome).toMatchObject({ error: { message: 'bucket away' } });
    expect([receipts, continuations]).toEqual([[], []]);
  });

  it('fails where a part in the middle cannot be written, though the next one could', async () => {
    const bad = `${'x'.repeat(1_000_000)}\n`;
    const file = Buffer.from(bad.repeat(12));
    let puts = 0;
    const outcomes = {
      ...memoryOutcomes().store,
      keep: async () => {
        if (++puts === 1) throw new Error('bucket away');
        return String(puts);
      },
    };
    const { outcome, receipts, continuations } = await run({
      message: { ...messageOf(), range: { start: 0, end: file.length } },
      source: memorySource(file),
      dependencies: { outcomes },
    });
    expect(outcome).toMatchObject({ error: { message: 'bucket away' } });
    expect([receipts, continuations]).toEqual([[], []]);
  });
});
