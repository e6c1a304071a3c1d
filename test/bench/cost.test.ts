import { describe, expect, it } from 'vitest';
import { dollarsOf, type Measured, waysOf } from '../../bench/cost/ways.ts';

/** A terabyte of 2 KB events; each costs the sender 100 µs of CPU and the other package 360. */
const MEASURED: Measured = {
  events: 500_000_000,
  eventBytes: 2_000,
  senderCpuSeconds: 100e-6,
  peerCpuSeconds: 360e-6,
  chunks: 15_000,
  s3GetsPerChunk: 2,
  s3PutsPerChunk: 1,
  sqsRequestsPerChunk: 8,
};

const [fanout, fargate, mapOverLines, mapOverRanges] = waysOf(MEASURED);

describe('what a terabyte costs', () => {
  it('is CPU and requests', () => {
    // 50,000 vCPU-seconds of 1,769 MB; folds, invocations, GETs, PUTs, requests to queues.
    const cpu = 50_000 * (1_769 / 1_024) * 0.000_013_333_4;
    const calls = 15_000 * (0.1 * 0.000_013_333_4 + 2 * 0.2e-6 + 2 * 0.4e-6 + 5e-6 + 8 * 0.4e-6);
    expect(dollarsOf(fanout!)).toBeCloseTo(cpu + calls, 6);
    expect(fanout!.items[0]!.arithmetic).toContain('500,000,000 events × 100 µs');
  });

  it('is vCPU-hours with their memory on Fargate', () => {
    expect(dollarsOf(fargate!)).toBeCloseTo(50 * (0.032_38 + 2 * 0.003_56), 6);
  });

  it('is transitions where each child gets what fits its input', () => {
    const children = Math.ceil(500_000_000 / Math.floor((256 * 1024) / 2_000));
    const transitions = mapOverLines!.items.find(({ arithmetic }) => arithmetic.includes('transitions'))!;
    expect(transitions.usd).toBeCloseTo((children * 2 * 0.025) / 1_000, 6);
    expect(dollarsOf(mapOverRanges!)).toBeLessThan(dollarsOf(mapOverLines!) / 50);
  });
});
