import { describe, expect, it } from 'vitest';
import { IN_FLIGHT_SHARE } from '../../lib/tune/heap.ts';
import { MEMORY_PARTS, predictMemory } from '../../lib/tune/predict-memory.ts';

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
    const batchBytes = 10_000_000;
    const slots = (memoryMB: number): number =>
      predictMemory({ ...load, batchBytes, requestsInFlight: 16, memoryMB }).slots;
    expect(slots((3.5 * batchBytes) / 1_000_000 / IN_FLIGHT_SHARE)).toBe(3);
    expect(slots((0.5 * batchBytes) / 1_000_000 / IN_FLIGHT_SHARE)).toBe(1);
    expect(slots(10_240)).toBe(16);
  });

  it('holds no more than the chunk has', () => {
    const many = { ...load, requestsInFlight: 16, memoryMB: 2_048 };
    const saved = predictMemory(many).peakMB - predictMemory({ ...many, chunkBytes: 8_000_000 }).peakMB;
    expect(saved * 2 ** 20).toBeCloseTo((64_000_000 - 8_000_000) * MEMORY_PARTS.copiesPerBatch.value);
  });

  it('has little garbage after few records', () => {
    expect(predictMemory({ ...load, senderBytes: 1_000_000 }).peakMB).toBeLessThan(
      predictMemory(load).peakMB - 20,
    );
  });

  it('has more garbage where the memory allows a larger young generation, up to a limit', () => {
    const peakMB = (memoryMB: number): number =>
      predictMemory({ ...load, requestsInFlight: 1, memoryMB }).peakMB;
    expect(peakMB(1_024) - peakMB(128)).toBeCloseTo(14 * MEMORY_PARTS.semiSpaces.value);
    expect(peakMB(4_096)).toBe(peakMB(1_024));
  });

  it('grows with the records read ahead', () => {
    const { peakMB } = predictMemory({ ...load, highWater: 500, recordBytes: 10_000 });
    const fewer = predictMemory({ ...load, highWater: 100, recordBytes: 10_000 }).peakMB;
    expect((peakMB - fewer) * 2 ** 20).toBeCloseTo(4_000_000);
  });

  it('lets more gather where records are mapped one by one, and where the memory allows it', () => {
    const gatheredMB = (memoryMB: number, apartShare: number): number => {
      const given = { ...load, requestsInFlight: 1, memoryMB };
      return predictMemory({ ...given, apartShare }).peakMB - predictMemory(given).peakMB;
    };
    expect(gatheredMB(512, 1)).toBeCloseTo(64, 0);
    expect(gatheredMB(512, 0.5)).toBeCloseTo(32, 0);
    expect(gatheredMB(256, 1)).toBeCloseTo(32, 0);
    expect(gatheredMB(2_048, 1)).toBe(gatheredMB(1_024, 1));
  });

  it('lets more gather the more is held, up to half of what the heap has left', () => {
    const given = { ...load, apartShare: 1 };
    const { peakMB } = predictMemory(given);
    const moreMB = (pageValues: number): number => predictMemory({ ...given, pageValues }).peakMB - peakMB;
    const heldMB = (500_000 * MEMORY_PARTS.pageValue.value) / 2 ** 20;
    expect(moreMB(500_000) / heldMB).toBeCloseTo(1 + 4.57);
    expect(moreMB(5_000_000) - moreMB(4_900_000)).toBeCloseTo(heldMB / 5 / 2);
  });

  it('holds the columns of Parquet that are read at once', () => {
    const more = predictMemory({ ...load, columnBytes: 20_000_000 }).peakMB - predictMemory(load).peakMB;
    expect(more * 2 ** 20).toBeCloseTo(20_000_000);
  });

  it('says when the budget is too small', () => {
    expect(predictMemory({ ...load, memoryMB: 128 }).fits).toBe(false);
    expect(predictMemory(load).fits).toBe(true);
  });
});
