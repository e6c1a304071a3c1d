import { describe, expect, it } from 'vitest';
import { jainIndex, refusedPart, utilisation } from '../../bench/pacing/figures.ts';
import { type BatchSize, simulateFleet } from '../../bench/pacing/fleet.ts';

const SMALL = { records: 2_000, rawBytes: 700_000 };
const MEDIUM = { records: 2_000, rawBytes: 4_000_000 };
const LARGE = { records: 970, rawBytes: 9_900_000 };
/** One chunk of 64 MiB of small events. */
const CHUNK_BATCHES = 96;

describe('a fleet of senders', () => {
  // All sizes of fleet and batch are in bench/pacing.
  it.each([
    { senders: 2, batch: SMALL },
    { senders: 64, batch: SMALL },
    { senders: 8, batch: MEDIUM },
    { senders: 32, batch: MEDIUM },
    { senders: 2, batch: LARGE },
    { senders: 16, batch: LARGE },
  ])(
    'uses the quota from the second minute on and is hardly ever refused: $senders senders, $batch.rawBytes bytes a batch',
    async ({ senders, batch }) => {
      const { minutes } = await simulateFleet({ senders, batch, minutes: 12 });
      expect(utilisation(minutes.slice(1))).toBeGreaterThan(0.95);
      expect(refusedPart(minutes)).toBeLessThan(0.01);
    },
  );

  it.each([4, 16, 64])(
    'does so over chunks and processes that end and start: %i senders',
    async (senders) => {
      const chunks = { batches: CHUNK_BATCHES, gapMs: 500, perProcess: 8 };
      const { minutes } = await simulateFleet({ senders, batch: SMALL, minutes: 12, chunks });
      expect(utilisation(minutes.slice(1))).toBeGreaterThan(0.95);
      expect(refusedPart(minutes)).toBeLessThan(0.01);
    },
  );

  it.each([4, 16])('does nearly so where every chunk has a cold start: %i senders', async (senders) => {
    const chunks = { batches: CHUNK_BATCHES, gapMs: 500, perProcess: 1 };
    const { minutes } = await simulateFleet({ senders, batch: SMALL, minutes: 12, chunks });
    expect(utilisation(minutes)).toBeGreaterThan(0.93);
    expect(refusedPart(minutes)).toBeLessThan(0.01);
  });

  it.each([
    { senders: 2, batch: SMALL, used: 0.94 },
    { senders: 8, batch: SMALL, used: 0.95 },
    { senders: 64, batch: SMALL, used: 0.95 },
    { senders: 2, batch: MEDIUM, used: 0.94 },
    { senders: 16, batch: MEDIUM, used: 0.95 },
    { senders: 64, batch: MEDIUM, used: 0.94 },
    { senders: 8, batch: LARGE, used: 0.94 },
    { senders: 16, batch: LARGE, used: 0.93 },
  ])(
    'recovers within a minute when the quota halves: $senders senders, $batch.rawBytes bytes a batch',
    async ({ senders, batch, used }) => {
      const { utilised, refused } = await secondMinuteAfter({ senders, batch, factor: 0.5 });
      expect(utilised).toBeGreaterThan(used);
      expect(refused).toBeLessThan(0.01);
    },
  );

  it.each([
    [0.75, 0.01],
    [0.3, 0.03],
  ])('does so when the quota falls to %d of it, with less than %d refused', async (factor, refusedMax) => {
    const { utilised, refused } = await secondMinuteAfter({ senders: 16, batch: SMALL, factor });
    expect(utilised).toBeGreaterThan(0.95);
    expect(refused).toBeLessThan(refusedMax);
  });

  it('does so but for refusals when each of 64 senders has three requests a minute', async () => {
    const { utilised, refused } = await secondMinuteAfter({ senders: 64, batch: LARGE, factor: 0.5 });
    expect(utilised).toBeGreaterThan(0.9);
    expect(refused).toBeLessThan(0.1);
  });

  it.each([
    [4, 1.25],
    [16, 1.1],
  ])('climbs when the quota doubles: %i senders, to %d times in twelve minutes', async (senders, times) => {
    const quotaChange = { minute: 3, factor: 2 };
    const { minutes } = await simulateFleet({ senders, batch: SMALL, minutes: 15, quotaChange });
    expect(utilisation(minutes.slice(-1))).toBeGreaterThan(times);
    expect(refusedPart(minutes)).toBeLessThan(0.01);
  });

  it('comes down in two minutes where there are twice as many senders as they believe', async () => {
    const { minutes } = await simulateFleet({ senders: 16, workers: 8, batch: SMALL, minutes: 8 });
    expect(refusedPart(minutes.slice(0, 1))).toBeGreaterThan(0.1);
    expect(refusedPart(minutes.slice(2))).toBeLessThan(0.01);
    expect(utilisation(minutes.slice(2))).toBeGreaterThan(0.8);
  });

  it('delays nobody while less is wanted than the quota allows', async () => {
    const { minutes, paceWaitMs } = await simulateFleet({
      senders: 8,
      batch: SMALL,
      minutes: 5,
      batchesPerSecond: (0.85 * 15) / 8,
    });
    expect(utilisation(minutes)).toBeGreaterThan(0.75);
    expect(refusedPart(minutes)).toBe(0);
    expect(paceWaitMs).toBe(0);
  });

  it('is fair to senders that start late', async () => {
    const { minutes } = await simulateFleet({
      senders: 4,
      batch: SMALL,
      minutes: 24,
      startMinute: (sender) => (sender === 0 ? 0 : 18),
    });
    const alone = utilisation(minutes.slice(17, 18));
    expect(alone).toBeGreaterThan(0.35);
    expect(jainIndex(minutes.slice(21))).toBeGreaterThan(0.9);
    expect(utilisation(minutes.slice(21))).toBeGreaterThan(0.9);
  });
});

/** Means of three seeds. */
const secondMinuteAfter = async ({
  factor,
  ...options
}: {
  senders: number;
  batch: BatchSize;
  factor: number;
}): Promise<{ utilised: number; refused: number }> => {
  const quotaChange = { minute: 3, factor };
  const runs = await Promise.all(
    [1, 2, 3].map((seed) => simulateFleet({ ...options, seed, minutes: 5, quotaChange })),
  );
  const second = runs.map(({ minutes }) => minutes.slice(4));
  return {
    utilised: mean(second.map((minutes) => utilisation(minutes, factor))),
    refused: mean(second.map(refusedPart)),
  };
};

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
