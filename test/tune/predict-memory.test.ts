import { describe, expect, it } from 'vitest';
import { predictMemory } from '../../lib/tune/predict-memory.ts';

const load = {
  memoryMB: 512,
  requestsInFlight: 4,
  batchBytes: 4_000_000,
  chunkBytes: 64_000_000,
  highWater: 100,
  recordBytes: 2_000,
};

describe('the memory of a sender', () => {
  it('grows with every batch under way', () => {
    const { peakMB } = predictMemory({ ...load, requestsInFlight: 2 });
    expect(predictMemory(load).peakMB - peakMB).toBeGreaterThan(8);
  });

  it('holds no more batches than fit into the share of the budget, but one at least', () => {
    expect(predictMemory({ ...load, batchBytes: 10_000_000, requestsInFlight: 16 }).slots).toBe(7);
    expect(predictMemory({ ...load, batchBytes: 10_000_000, memoryMB: 128 }).slots).toBe(1);
    expect(predictMemory({ ...load, batchBytes: 10_000_000, memoryMB: 32 }).slots).toBe(1);
  });

  it('holds no more than the chunk has', () => {
    const all = predictMemory({ ...load, requestsInFlight: 16, batchBytes: 4_000_000 });
    const chunk = predictMemory({
      ...load,
      requestsInFlight: 16,
      batchBytes: 4_000_000,
      chunkBytes: 8_000_000,
    });
    expect(all.peakMB - chunk.peakMB).toBeGreaterThan(60);
  });

  it('has little garbage after few records', () => {
    expect(predictMemory({ ...load, senderBytes: 1_000_000 }).peakMB).toBeLessThan(
      predictMemory(load).peakMB - 40,
    );
  });

  it('grows with the records read ahead', () => {
    const { peakMB } = predictMemory({ ...load, highWater: 500, recordBytes: 10_000 });
    expect(peakMB - predictMemory({ ...load, highWater: 100, recordBytes: 10_000 }).peakMB).toBeCloseTo(4);
  });

  it('says when the budget is too small', () => {
    expect(predictMemory({ ...load, memoryMB: 128 }).fits).toBe(false);
    expect(predictMemory(load).fits).toBe(true);
  });
});
