import { describe, expect, it } from 'vitest';
import {
  bandwidthBytesPerSecond,
  maxEventsPerSecond,
  processMemoryBytes,
  WORKED_EXAMPLES,
} from '../../lib/tune/formulas.ts';

describe('the formulas of the guide', () => {
  it.each(WORKED_EXAMPLES.map((example) => [example.numbers, example] as const))(
    'come to what the guide says: %s',
    (_numbers, { result, expected }) => {
      expect(result).toBeCloseTo(expected, 6);
    },
  );

  it('multiply the requests that each worker keeps in flight', () => {
    const rate = { workers: 10, responseMs: 200, recordsPerBatch: 2_000 };
    expect(maxEventsPerSecond({ ...rate, requestsInFlight: 4 })).toBe(4 * maxEventsPerSecond(rate));
  });

  it('count a buffer for each stage', () => {
    const parts = {
      baseBytes: 0,
      workers: 0,
      batchesPerWorker: 0,
      batchBytes: 0,
      responseBytesPerWorker: 0,
      highWater: 100,
      recordBytes: 2_000,
    };
    expect(processMemoryBytes({ ...parts, stages: 3 })).toBe(600_000);
  });

  it('send everything where nothing is compressed', () => {
    expect(bandwidthBytesPerSecond({ eventsPerSecond: 100, recordBytes: 50, compressionRatio: 1 })).toBe(
      5_000,
    );
  });
});
