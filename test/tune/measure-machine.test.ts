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
  inRuns: false,
  recipe: parseRecipe({ tuning: { compressionLevel: 6 } }),
  cores: 4,
  hasSimulator: true,
};

/** A clock on which every run takes so long. */
const clock = (stepMs: number) => {
  let nowMs = 0;
  return () => (nowMs += stepMs);
};

/** The same, but for every fourth run. */
const hiccupingClock = (stepMs: number, hiccupMs: number) => {
  let looks = 0;
  let nowMs = 0;
  return () => (nowMs += ++looks % 4 === 0 ? hiccupMs : stepMs);
};

it('measures how fast a core compresses and maps, with what a sender does beside', async () => {
  const { speeds } = await measureMachine({ ...options, now: clock(10) });
  expect(speeds.gzipBytesPerSecond(6)).toBeCloseTo(100_000 / 0.01, -2);
  const mapped = (records.length * (line.length + 1)) / 0.01;
  expect(speeds.mapBytesPerSecond).toBeLessThan(mapped);
  expect(speeds.mapBytesPerSecond).toBeGreaterThan(mapped / 2);
  expect(speeds.mapSecondsPerRecord).toBeGreaterThan(0);
});

it('counts little for records that stay together, and as much as ever for those that are mapped', async () => {
  const speedsOf = async (each: string) => {
    const bytes = Buffer.from(each);
    const lines = records.map((record) => ({ ...record, bytes }));
    return (await measureMachine({ ...options, records: lines, inRuns: true, now: clock(10) })).speeds;
  };
  const [whole, unfinished] = [
    await speedsOf(line.toString()),
    await speedsOf('{"event":"a","properties":{}}'),
  ];
  expect(unfinished.mapSecondsPerRecord / whole.mapSecondsPerRecord).toBeGreaterThan(10);
});

it('takes a sender to splice faster than it does itself, and to keep what is spliced together', async () => {
  const speedsOf = async (column: string) => {
    const recipe = parseRecipe({ fields: { $insert_id: { column } } });
    return (await measureMachine({ ...options, recipe, inRuns: true, now: clock(10) })).speeds;
  };
  const [spliced, whole] = [await speedsOf('id'), await speedsOf('$insert_id')];
  expect(spliced.mapSecondsPerRecord).toBe(whole.mapSecondsPerRecord);
  expect(spliced.mapBytesPerSecond).toBeLessThan(whole.mapBytesPerSecond);
});

it('goes by what a run usually takes, not by a moment in which something else ran', async () => {
  const { speeds } = await measureMachine({ ...options, now: hiccupingClock(10, 500) });
  expect(speeds.gzipBytesPerSecond(6)).toBeCloseTo(100_000 / 0.01, -2);
});

it('takes other levels to differ as they do elsewhere', async () => {
  const { speeds } = await measureMachine({ ...options, now: clock(10) });
  expect(speeds.gzipBytesPerSecond(1) / speeds.gzipBytesPerSecond(6)).toBeCloseTo(80 / 26);
});

it('counts as many cores as compress at once, and no more than there are', async () => {
  expect((await measureMachine({ ...options, now: clock(10) })).coresShared).toBe(4);
});

it('judges itself by the same reference, whatever is in the records', async () => {
  const random = await measureMachine({ ...options, now: clock(10) });
  const small = await measureMachine({ ...options, body: Buffer.alloc(1_000), now: clock(10) });
  expect(small.storeSecondsPerByte).toBe(random.storeSecondsPerByte);
});

it('has everything else take longer where it is slow itself', async () => {
  const fast = await measureMachine({ ...options, now: clock(1) });
  const slow = await measureMachine({ ...options, now: clock(20) });
  expect(slow.storeSecondsPerByte).toBeGreaterThan(fast.storeSecondsPerByte);
  expect(slow.senderStartSeconds).toBeGreaterThan(fast.senderStartSeconds);
});

it('knows that no simulator takes part where Mixpanel is elsewhere', async () => {
  const machine = await measureMachine({ ...options, hasSimulator: false, now: clock(10) });
  expect(machine.serverSecondsPerRecord).toBe(0);
  expect(machine.serverSecondsPerByte).toBe(0);
});
