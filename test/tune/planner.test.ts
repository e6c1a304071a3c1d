import { describe, expect, it } from 'vitest';
import type { Cap } from '../../lib/tune/caps.ts';
import { type PlanOptions, planImport } from '../../lib/tune/planner.ts';
import { whatIf } from '../../lib/tune/what-if.ts';
import { planOptions } from './planning.ts';

const GB = 1e9;
const medium = { bytes: 100 * GB, recordBytes: 2_000 };

const withMachine = (options: PlanOptions, machine: Partial<PlanOptions['machine']>): PlanOptions => ({
  ...options,
  machine: { ...options.machine, ...machine },
});

describe('the cap that binds', () => {
  const cases: readonly (readonly [Cap, PlanOptions])[] = [
    [
      'requests',
      { ...planOptions(medium, { workers: 2, requestsInFlight: 1, memory: 3_538 }), responseMs: 2_000 },
    ],
    ['source', withMachine(planOptions(medium, { memory: 10_240 }), { sourceBytesPerSecond: 1e6 })],
    [
      'network',
      withMachine(planOptions(medium, { compress: false, memory: 10_240 }), { uploadBytesPerSecond: 2e6 }),
    ],
    ['cpu', planOptions(medium, { workers: 3 })],
    ['api', planOptions(medium, { workers: 40 })],
  ];

  it.each(cases)('is named: %s', (cap, options) => {
    const plan = planImport(options);
    expect(plan.bindingCap).toBe(cap);
    expect(plan.eventsPerSecond).toBe(Math.min(...Object.values(plan.caps)));
  });

  it('is the events of the quota for small events, and its bytes for large ones', () => {
    const tuning = { workers: 100, memory: 3_538 };
    expect(planImport(planOptions({ bytes: 100 * GB, recordBytes: 300 }, tuning)).eventsPerSecond).toBe(
      30_000,
    );
    expect(
      planImport(planOptions({ bytes: 100 * GB, recordBytes: 10_000 }, tuning)).eventsPerSecond,
    ).toBeCloseTo((2 * GB) / 60 / 10_000);
  });

  it('is the part of the quota of those workers that have a chunk', () => {
    const plan = planImport(planOptions({ bytes: 10e6, recordBytes: 300 }, { workers: 100, memory: 10_240 }));
    expect(plan.senders).toBe(3);
    expect(plan.caps.api).toBeCloseTo(900);
  });

  it('rises with memory as long as CPU binds', () => {
    const rates = [512, 1_024, 1_769].map(
      (memory) => planImport(planOptions(medium, { workers: 2, memory })).caps.cpu,
    );
    expect(rates[1]! / rates[0]!).toBeCloseTo(2);
    expect(rates[2]! / rates[0]!).toBeCloseTo(1_769 / 512);
  });

  it('leaves the main thread one core, however many a sender has', () => {
    const at = (memory: number) =>
      planImport(planOptions(medium, { workers: 2, memory, compressionLevel: 1 })).caps.cpu;
    expect(at(10_240)).toBe(at(8_000));
  });

  it('is the cores that all senders share, on one machine', () => {
    const local = withMachine(planOptions(medium, { workers: 50 }), { coresShared: 1, coresPerSender: 1 });
    const one = withMachine(planOptions(medium, { workers: 1 }), { coresShared: 1, coresPerSender: 1 });
    expect(planImport(local).caps.cpu).toBe(
      planImport({ ...one, tuning: { ...one.tuning, workers: 2 } }).caps.cpu,
    );
  });
});

describe('a plan', () => {
  it('counts chunks and requests as the splitter and the batcher make them', () => {
    const plan = planImport(planOptions({ bytes: 2 ** 30, recordBytes: 1_024 }, { workers: 4 }));
    expect(plan.chunks).toBe(16);
    expect(plan.recordsPerChunk).toBe(65_536);
    expect(plan.requests).toBe(16 * 33);
  });

  it('fills batches up to their bytes where records are large', () => {
    const plan = planImport(planOptions({ bytes: GB, recordBytes: 20_000 }));
    expect(plan.recordsPerBatch).toBe(500);
    expect(plan.batchBytes).toBe(10_000_000);
  });

  it('stages a compressed source in chunks of 16 MiB, which it pays to keep', () => {
    const options = planOptions({ bytes: 10 * GB, recordBytes: 1_000 });
    const plan = planImport({ ...options, workload: { ...options.workload, isStaged: true } });
    expect(plan.chunkBytes).toBe(16 * 2 ** 20);
    expect(plan.cost.s3Storage).toBeCloseTo(10 * (15 / 30) * 0.023);
    expect(plan.calls.s3Puts).toBeGreaterThanOrEqual(plan.chunks);
  });

  it('cuts every one of several sources by itself', () => {
    const options = planOptions({ bytes: 50 * 2 ** 20, recordBytes: 1_000 });
    const plan = planImport({ ...options, workload: { ...options.workload, sources: 50 } });
    expect(plan.chunks).toBe(50);
  });

  it('takes longer than the rate alone says where few senders share cores, since at times all of them wait', () => {
    const local = {
      name: 'local',
      coresPerSender: 2,
      coresShared: 2,
      startSeconds: 0,
      senderStartSeconds: 0,
    } as const;
    const lag = (workers: number): number => {
      const chunked = { workers, requestsInFlight: 16, chunkBytes: 4 * 2 ** 20 };
      const { seconds, records, eventsPerSecond } = planImport({
        ...withMachine(planOptions({ bytes: 10 * GB, recordBytes: 2_000 }, chunked), {
          ...local,
          sendersAtStart: Number.POSITIVE_INFINITY,
        }),
        quota: { eventsPerSecond: 1e9, bytesPerMinute: 1e15 },
        responseMs: 200,
      });
      return (seconds * eventsPerSecond) / records;
    };
    expect(lag(4)).toBeGreaterThan(1.1);
    expect(lag(60)).toBeCloseTo(1, 1);
  });

  it('has each answer wait for a simulator on the same machine', () => {
    const options = planOptions(medium, { workers: 2, requestsInFlight: 1 });
    const { requests } = planImport(options).caps;
    const withSimulator = planImport(withMachine(options, { serverSecondsPerByte: 1e-7 }));
    // 4 MB in each request.
    expect(withSimulator.caps.requests).toBeLessThan(requests);
    const roundSeconds = (events: number): number => (2 * 2_000) / events;
    expect(roundSeconds(withSimulator.caps.requests) - roundSeconds(requests)).toBeCloseTo(0.4, 1);
  });

  it('takes longer than the rate alone says, while senders join', () => {
    const options = {
      ...planOptions({ bytes: 1_600 * 64 * 2 ** 20, recordBytes: 2_000 }, { workers: 100 }),
      quota: { eventsPerSecond: 1e9, bytesPerMinute: 1e15 },
    };
    const plan = planImport(options);
    const still = planImport(withMachine(options, { sendersAtStart: 100 }));
    // 95 senders join at 5 a second: half of them are missing for 19 seconds.
    expect(plan.seconds - still.seconds).toBeCloseTo((19 / 2) * 0.95, 1);
  });

  it('never takes less than the rounds of chunks of one sender', () => {
    const options = planOptions(
      { bytes: 3 * 64 * 2 ** 20, recordBytes: 2_000 },
      { workers: 2, chunkBytes: 64 * 2 ** 20 },
    );
    const plan = planImport(options);
    expect(plan.chunks).toBe(3);
    expect(plan.seconds).toBeGreaterThan((2 * plan.recordsPerChunk) / (plan.eventsPerSecond / 2));
  });

  it('runs two senders on Lambda where one is asked for', () => {
    expect(planImport(planOptions(medium, { workers: 1 })).senders).toBe(2);
  });

  it('plans nothing but the start for an empty source', () => {
    const plan = planImport({ ...planOptions({ bytes: 1, recordBytes: 1_000 }) });
    expect(plan.records).toBe(0);
    expect(plan.requests).toBe(0);
    expect(plan.seconds).toBe(4);
  });

  it('sends fewer bytes at a higher level, and all of them uncompressed', () => {
    const sent = [1, 6, 9].map(
      (compressionLevel) => planImport(planOptions(medium, { compressionLevel })).sentBytes,
    );
    expect(sent).toEqual([...sent].sort((a, b) => b - a));
    expect(planImport(planOptions(medium, { compress: false })).sentBytes).toBeCloseTo(100 * GB);
  });
});

describe('what if', () => {
  it('turns workers and gzip levels, one at a time, and not to where they are', () => {
    const changes = whatIf(planOptions(medium, { workers: 10, compressionLevel: 6 })).map(
      ({ change }) => change,
    );
    expect(changes).toEqual(['5 workers', '20 workers', 'gzip level 1', 'gzip level 9']);
  });

  it('stays within the bounds of workers', () => {
    const changes = whatIf(planOptions(medium, { workers: 100 })).map(({ change }) => change);
    expect(changes).not.toContain('200 workers');
    expect(whatIf(planOptions(medium, { workers: 1 }))[0]!.change).toBe('2 workers');
  });
});

describe('a terabyte of 2 KB events', () => {
  it('costs at most $3 but for egress, with the defaults', () => {
    const { cost } = planImport(planOptions({ bytes: 1_000 * GB, recordBytes: 2_000 }));
    expect(cost.total - cost.egress).toBeGreaterThan(1);
    expect(cost.total - cost.egress).toBeLessThanOrEqual(3);
  });
});
