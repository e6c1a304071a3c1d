import { describe, expect, it } from 'vitest';
import { memorySource } from '../../lib/read/memory.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import { profileSamples } from '../../lib/tune/profile.ts';
import { type RecommendOptions, recommend } from '../../lib/tune/recommend.ts';
import { sampleSource } from '../../lib/tune/sample.ts';
import { eventFile } from './lines.ts';

const GB = 1_000_000_000;
const MiB = 1024 * 1024;
const LEVELS = [
  { level: 1, ratio: 4, megabytesPerSecond: 80 },
  { level: 6, ratio: 5, megabytesPerSecond: 26 },
];

const adviseFor = async (recordBytes: number, options: Partial<RecommendOptions> = {}) => {
  const source = memorySource(eventFile(120, () => recordBytes));
  const samples = [await sampleSource(source, { format: 'jsonl', compression: 'none' }, parseRecipe({}))];
  const profile = profileSamples(samples, parseRecipe({}));
  const extent = { bytes: 10 * GB, records: Math.round((10 * GB) / recordBytes), isExact: false };
  const given = { profile, extent, levels: LEVELS, bytesPerBatch: 10_000_000, reading: {}, isRemote: false };
  const { knobs } = recommend({ ...given, ...options });
  const values = Object.fromEntries(Object.entries(knobs).map(([knob, { value }]) => [knob, value]));
  return { knobs, values };
};

describe('recommend', () => {
  it.each([
    [300, { workers: 30, recordsPerBatch: 2_000, requestsInFlight: 4, throttleMemory: false }],
    [2_000, { workers: 15, recordsPerBatch: 2_000, requestsInFlight: 4, throttleMemory: false }],
    [10_000, { workers: 5, recordsPerBatch: 490, requestsInFlight: 2, throttleMemory: true }],
  ])(
    'goes to the bounds of its class with events of %d bytes and no bound on memory',
    async (bytes, knobs) => {
      const { values } = await adviseFor(bytes);
      expect(values).toMatchObject({ ...knobs, memory: 512, compress: true, aggressiveGC: false });
      expect(values.compressionLevel).toBe(6);
    },
  );

  it('makes a recipe that can be used', async () => {
    for (const bytes of [100, 300, 2_000, 10_000, 200_000]) {
      for (const availableMemoryMB of [undefined, 1, 128, 512, 4_096]) {
        const { values } = await adviseFor(bytes, { availableMemoryMB });
        expect(parseRecipe({ tuning: values }).tuning).toMatchObject(values);
      }
    }
  });

  it.each([
    [300, 4_096],
    [2_000, 1_024],
    [10_000, 1_024],
  ])('keeps all senders of %d-byte events together within %d MB', async (bytes, availableMemoryMB) => {
    const { values } = await adviseFor(bytes, { availableMemoryMB });
    expect(Number(values.workers) * Number(values.memory)).toBeLessThanOrEqual(availableMemoryMB);
    expect(Number(values.workers)).toBeGreaterThan(1);
  });

  it.each([
    [300, 200, 512 / 3],
    [2_000, 100, 512 / 5],
    [10_000, 30, 512 / 20],
  ])('buffers records of %d bytes by the memory of one sender', async (bytes, highWaterMax, fitting) => {
    const { values } = await adviseFor(bytes);
    expect(values.highWater).toBe(Math.floor(Math.min(highWaterMax, fitting)));
  });

  it('saves memory where there is too little', async () => {
    const { values } = await adviseFor(300, { availableMemoryMB: 128 });
    expect(values).toMatchObject({ workers: 1, memory: 128, throttleMemory: true, aggressiveGC: true });
  });

  it('keeps no more senders than there are chunks', async () => {
    const { values, knobs } = await adviseFor(300, { extent: { bytes: 9 * MiB, records: 1, isExact: true } });
    expect(values).toMatchObject({ workers: 3, chunkBytes: 4 * MiB });
    expect(knobs.workers.reason).toContain('3 chunks');
  });

  it('makes chunks that a sender imports in time, of 64 MiB at most', async () => {
    expect((await adviseFor(300)).values.chunkBytes).toBe(64 * MiB);
    const slow = await adviseFor(300, { availableMemoryMB: 128 });
    expect(slow.values.chunkBytes).toBeGreaterThanOrEqual(4 * MiB);
    expect(slow.values.chunkBytes).toBeLessThan(64 * MiB);
    expect(Number(slow.values.chunkBytes) % MiB).toBe(0);
  });

  it('makes batches of half of what a request may hold', async () => {
    const { values } = await adviseFor(2_000, { bytesPerBatch: 1_000_000 });
    expect(Number(values.recordsPerBatch) * 2_001).toBeLessThan(1_000_000);
    expect(Number(values.recordsPerBatch)).toBeGreaterThan(400);
  });

  it('slows reading from S3 down where memory runs short', async () => {
    expect((await adviseFor(300, { isRemote: true })).values.throttleMemory).toBe(true);
  });

  it('gives a reason for each knob', async () => {
    for (const [knob, { reason }] of Object.entries((await adviseFor(300)).knobs)) {
      expect(reason, knob).toMatch(/^[A-Z0-9].{10,80}\.$/);
    }
  });
});
