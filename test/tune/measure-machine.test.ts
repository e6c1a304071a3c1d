import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import { measureMachine } from '../../lib/tune/measure-machine.ts';

const line = Buffer.from('{"event":"a","properties":{"time":1,"distinct_id":"u","$insert_id":"i"}}');
const records = Array.from({ length: 100 }, (_, i) => ({
  kind: 'record' as const,
  offset: i * (line.length + 1),
  nextOffset: (i + 1) * (line.length + 1),
  bytes: line,
}));
const options = {
  records,
  body: randomBytes(100_000),
  recipe: parseRecipe({ tuning: { compressionLevel: 6 } }),
  cores: 4,
  hasSimulator: true,
};

/** A clock on which every run takes so long. */
const clock = (stepMs: number) => {
  let nowMs = 0;
  return () => (nowMs += stepMs);
};

it('measures how fast a core compresses and maps, with the overhead of the rest', async () => {
  const { speeds } = await measureMachine({ ...options, now: clock(10) });
  // 4 runs of 100,000 bytes between 5 looks at the clock; the last look ends the measurement.
  expect(speeds.gzipBytesPerSecond(6)).toBeCloseTo((4 * 100_000) / 0.05, -2);
  expect(speeds.mapBytesPerSecond).toBeCloseTo((4 * records.length * (line.length + 1)) / 0.05 / 1.5, -2);
});

it('takes other levels to differ as they do elsewhere', async () => {
  const { speeds } = await measureMachine({ ...options, now: clock(10) });
  expect(speeds.gzipBytesPerSecond(1) / speeds.gzipBytesPerSecond(6)).toBeCloseTo(80 / 26);
});

it('counts as many cores as compress at once, and no more than there are', async () => {
  expect((await measureMachine({ ...options, now: clock(10) })).coresShared).toBe(4);
});

it('has everything else take longer where it is slow itself', async () => {
  const fast = await measureMachine({ ...options, now: clock(1) });
  const slow = await measureMachine({ ...options, now: clock(20) });
  expect(slow.otherSecondsPerByte).toBeGreaterThan(fast.otherSecondsPerByte);
  expect(slow.senderStartSeconds).toBeGreaterThan(fast.senderStartSeconds);
});

it('knows that no simulator takes part where Mixpanel is elsewhere', async () => {
  const machine = await measureMachine({ ...options, hasSimulator: false, now: clock(10) });
  expect(machine.otherSecondsPerRecord).toBe(0);
});
