import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noTime, type StageTimes } from '../../lib/plan/stage-times.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import type { Tuning } from '../../lib/recipe/schema.ts';
import { adviceOf, type Seen } from '../../lib/tune/advice.ts';
import { bottleneckOf } from '../../lib/tune/bottleneck.ts';

type Given = Partial<Omit<Seen, 'timing' | 'tuning'>> & {
  readonly stages?: Partial<StageTimes>;
  readonly choppy?: number;
  readonly seconds?: number;
  readonly tuning?: Partial<Tuning> | 'unknown';
};

const TENTH_MS = 100;

/** An import of a minute by ten senders, at their ease in 512 MB. Stages are given in tenths of a second. */
const seen = ({ stages = {}, choppy = 0, seconds = 60, tuning = {}, ...given }: Given): Seen => {
  const stageMs = noTime();
  for (const [stage, tenths] of Object.entries(stages))
    stageMs[stage as keyof StageTimes] = tenths * TENTH_MS;
  const choppyMs = choppy * TENTH_MS;
  return {
    bottleneck: bottleneckOf(stageMs, choppyMs),
    timing: { seconds, stages: stageMs, choppyMs },
    chunks: { total: 100 },
    requests: { total: 1_000, retried: 0, throttled: 0 },
    memory: { budgetMB: 512, peakMB: 200 },
    tuning: tuning === 'unknown' ? undefined : parseRecipe({ tuning }).tuning,
    ...given,
  };
};

const EVEN = { read: 2_000, transform: 2_000, request: 2_000 };

describe('adviceOf', () => {
  it.each<[string, Given, string]>([
    [
      'the source',
      { stages: { read: 900, request: 100 } },
      'The source binds: senders waited for it 90 % of their time; raise workers from 10, raise highWater from 100, or let files or chunkBytes be larger, for longer reads.',
    ],
    [
      'the source, with fewer chunks than senders',
      { stages: { read: 900, request: 100 }, chunks: { total: 10 } },
      'The source binds: senders waited for it 90 % of their time; raise highWater from 100 or let files or chunkBytes be larger, for longer reads.',
    ],
    [
      'the mapping',
      { stages: { frame: 100, transform: 500, compress: 200, request: 200 } },
      "The CPU binds: parsing and mapping took 60 % of the senders' time, gzip 20 %; map fewer fields, raise memory from 512 (on Lambda it brings CPU), or raise workers from 10.",
    ],
    [
      'the mapping, with a CPU of its own',
      { stages: { transform: 900, request: 100 }, tuning: { memory: 2_048 } },
      "The CPU binds: parsing and mapping took 90 % of the senders' time, gzip 0 %; map fewer fields or raise workers from 10.",
    ],
    [
      'gzip',
      { stages: { transform: 100, compress: 800, request: 100 } },
      "The CPU binds: parsing and mapping took 10 % of the senders' time, gzip 80 %; lower compressionLevel from 6, raise memory from 512 (on Lambda it brings CPU), or raise workers from 10.",
    ],
    [
      'gzip, at its fastest, with fewer chunks than senders',
      { stages: { compress: 900, request: 100 }, tuning: { compressionLevel: 1 }, chunks: { total: 4 } },
      "The CPU binds: parsing and mapping took 0 % of the senders' time, gzip 90 %; raise memory from 512 (on Lambda it brings CPU) or lower chunkBytes, since 4 chunks are work for no more senders.",
    ],
    [
      'the network',
      { stages: { request: 900, read: 100 } },
      'The network binds: senders waited for answers 90 % of their time; where the line is full raise compressionLevel from 6 or lower workers from 10; where answers are slow raise requestsInFlight from 4.',
    ],
    [
      'the network, and nothing is compressed',
      { stages: { request: 900, read: 100 }, tuning: { compress: false, requestsInFlight: 16, workers: 1 } },
      'The network binds: senders waited for answers 90 % of their time; where the line is full turn compress on.',
    ],
    [
      'failing requests',
      { stages: { backoff: 800, request: 200 }, requests: { total: 90, retried: 40, throttled: 0 } },
      'The network binds: senders waited for answers 100 % of their time, most of it after requests that failed (40 were sent again): no knob helps until the API answers.',
    ],
    [
      'the API',
      { stages: { throttle: 400, request: 600 }, requests: { total: 1_000, retried: 15, throttled: 15 } },
      "The API's quota binds: it held senders back for 40 % of their time and refused 1.5 % of the requests; lower workers from 10 (fewer share the same quota) or ask Mixpanel for a higher one.",
    ],
    [
      'the API, which refuses nothing',
      { stages: { throttle: 400, request: 600 }, tuning: { workers: 1 } },
      "The API's quota binds: it held senders back for 40 % of their time; ask Mixpanel for a higher one.",
    ],
    ['nothing', { stages: EVEN }, 'Nothing binds; raise workers from 10.'],
    [
      'nothing, with fewer chunks than senders',
      { stages: EVEN, chunks: { total: 3 } },
      'Nothing binds; lower chunkBytes, since 3 chunks are work for no more senders.',
    ],
    [
      'nothing, with as many senders as there may be',
      { stages: EVEN, tuning: { workers: 100 }, chunks: { total: null } },
      'Nothing binds; the knobs for it are as far as they go.',
    ],
  ])('says what to turn when what binds is %s', (_, given, sentence) => {
    expect(adviceOf(seen(given))).toEqual([sentence]);
  });

  it.each<[string, Given, string]>([
    [
      'near to the budget',
      { memory: { budgetMB: 512, peakMB: 436 } },
      'Memory runs short: a sender used 436 of 512 MB; lower requestsInFlight from 4, lower highWater from 100, turn throttleMemory on, turn aggressiveGC on, or raise memory from 512.',
    ],
    [
      'held below it by pauses',
      { stages: { memory: 300, request: 700 }, tuning: { throttleMemory: true, aggressiveGC: true } },
      'Memory runs short: a sender used 200 of 512 MB, and reading paused for 30 % of the time; lower requestsInFlight from 4, lower highWater from 100, or raise memory from 512.',
    ],
  ])('says first that memory is %s', (_, given, sentence) => {
    expect(adviceOf(seen(given))[0]).toBe(sentence);
  });

  it('does not tell to raise workers while reading pauses for memory', () => {
    const sentences = adviceOf(seen({ stages: { ...EVEN, memory: 1_000 } }));
    expect(sentences).toEqual([expect.stringContaining('Memory runs short')]);
  });

  it.each<[string, Given, RegExp | undefined]>([
    ['highWater', {}, /^The flow is choppy: .* save 30 % of the time; raise highWater from 100\.$/],
    [
      'what is left beside a full highWater',
      { tuning: { highWater: 500 } },
      /; raise requestsInFlight from 4 or lower recordsPerBatch from 2000\.$/,
    ],
    ['nothing where the quota binds', { stages: { throttle: 500, read: 500 } }, undefined],
  ])('turns a choppy flow into an even one with %s', (_, given, expected) => {
    const stages = { read: 500, request: 500 };
    const choppy = adviceOf(seen({ stages, choppy: 300, ...given })).find((s) => s.includes('choppy'));
    if (expected) expect(choppy).toMatch(expected);
    else expect(choppy).toBeUndefined();
  });

  it('does without numbers where the knobs are not known', () => {
    const memory = { budgetMB: 512, peakMB: 500 };
    const [first, second] = adviceOf(
      seen({ stages: { read: 900, request: 100 }, memory, tuning: 'unknown' }),
    );
    expect(first).toContain('lower requestsInFlight, lower highWater,');
    expect(second).toContain('raise workers, raise highWater,');
  });

  it.each<[string, Given]>([
    ['is too short to tell', { stages: EVEN, seconds: 4.9 }],
    ['gave senders next to nothing to do', { stages: { read: 20, request: 20 } }],
    ['was over at once, whatever it waited for', { stages: { request: 900 }, seconds: 2 }],
    ['was never begun', { memory: { budgetMB: 0, peakMB: 0 }, chunks: { total: null }, tuning: 'unknown' }],
  ])('says nothing of an import that %s', (_, given) => {
    expect(adviceOf(seen(given))).toEqual([]);
  });

  it('gives three sentences at most, each one complete', () => {
    const ms = fc.nat(1_000_000);
    const stages = fc.record(Object.fromEntries(Object.keys(noTime()).map((stage) => [stage, ms])));
    const tuning = fc.record({
      workers: fc.constantFrom(1, 10, 100),
      requestsInFlight: fc.constantFrom(1, 16),
      highWater: fc.constantFrom(16, 500),
      compressionLevel: fc.nat(9),
      memory: fc.constantFrom(128, 10_240),
      recordsPerBatch: fc.constantFrom(1, 2_000),
    });
    const peakMB = fc.nat(600);
    fc.assert(
      fc.property(stages, ms, tuning, peakMB, (each, choppy, knobs, peak) => {
        const memory = { budgetMB: 512, peakMB: peak };
        const sentences = adviceOf(seen({ stages: each, choppy, tuning: knobs, memory }));
        expect(sentences.length).toBeLessThanOrEqual(3);
        for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z][^\n]+\.$/);
        expect(sentences.join()).not.toMatch(/undefined|NaN|Infinity| {2}|, ,|; \./);
      }),
    );
  });
});
