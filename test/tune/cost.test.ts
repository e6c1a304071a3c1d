import { describe, expect, it } from 'vitest';
import { costOf, egressDollars, type Usage } from '../../lib/tune/cost.ts';
import { priceList } from '../../lib/tune/prices.ts';
import { serviceCalls } from '../../lib/tune/quantities.ts';

const GB = 1e9;
const calls = serviceCalls({
  chunks: 1_000_000,
  isStaged: false,
  seconds: 3_600,
  chunkSeconds: 30,
  timeoutSeconds: 120,
});
const usage: Usage = {
  calls,
  memoryMB: 1_769,
  senderSeconds: 0,
  requests: 0,
  sentBytes: 0,
  stagedBytes: 0,
  stagedDays: 7,
};

describe('calls', () => {
  it('send chunk messages by tens, and receive and delete each; receipts all singly', () => {
    // 1,000,000 chunks: 0.1 M sends, 2 M receives and deletes, 3 M for the receipts.
    expect(calls.sqsRequests).toBeCloseTo(5_100_009, -2);
    expect(calls.messages).toBeCloseTo(2_000_003, -1);
  });

  it('count a run for each part of a chunk that does not fit the time of one', () => {
    const options = { chunks: 10, isStaged: false, seconds: 100, chunkSeconds: 200, timeoutSeconds: 120 };
    expect(serviceCalls(options).s3Gets - serviceCalls({ ...options, chunkSeconds: 80 }).s3Gets).toBe(20);
  });

  it('write the report every two seconds, not for every chunk', () => {
    expect(calls.folds).toBe(2_001);
  });
});

describe('cost', () => {
  it('adds up', () => {
    const { total, ...items } = costOf({ ...usage, senderSeconds: 1e5, sentBytes: 50 * GB, requests: 1e6 });
    expect(total).toBeCloseTo(Object.values(items).reduce((sum, item) => sum + item, 0));
    expect(Object.values(items).filter((item) => item > 0)).toHaveLength(5);
  });

  it('pays Lambda by memory and second: a worker of one vCPU has eight cents an hour', () => {
    const idle = costOf(usage).lambdaDuration;
    expect(costOf({ ...usage, senderSeconds: 3_600 }).lambdaDuration - idle).toBeCloseTo(0.083, 3);
  });

  it('pays a dollar fifty and little more for a million chunks, without compute and egress', () => {
    const { lambdaRequests, sqs, s3Requests } = costOf(usage);
    expect(lambdaRequests).toBeCloseTo(0.2, 2);
    expect(s3Requests).toBeCloseTo(0.41, 1);
    expect(sqs).toBeCloseTo(2.04, 2);
  });

  it('pays for what each request carries beside its body', () => {
    expect(costOf({ ...usage, requests: 1e9 }).egress).toBeCloseTo(54);
  });
});

describe('egress', () => {
  it.each([
    [1_000 * GB, 90],
    [10_000 * GB, 900],
    [50_000 * GB, 900 + 3_400],
    [150_000 * GB, 4_300 + 7_000],
    [200_000 * GB, 11_300 + 2_500],
  ])('gets cheaper by tier: %d bytes', (bytes, dollars) => {
    expect(egressDollars(bytes)).toBeCloseTo(dollars);
  });

  it('is listed with the other prices, each with a source', () => {
    expect(priceList().filter(({ what }) => what.startsWith('Internet egress'))).toHaveLength(4);
    expect(
      priceList().every(({ usd, source }) => usd > 0 && source.startsWith('https://aws.amazon.com/')),
    ).toBe(true);
  });
});
