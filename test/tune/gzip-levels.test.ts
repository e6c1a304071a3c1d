import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { GZIP_LEVELS, gzipLevels, measureGzipLevels } from '../../lib/tune/gzip-levels.ts';
import { eventFile } from './lines.ts';

const body = eventFile(300);

describe('gzipLevels', () => {
  it('tells what each level makes of a body, and how fast it is by the table', () => {
    const levels = gzipLevels(body);
    expect(levels.map(({ level }) => level)).toEqual([...GZIP_LEVELS]);
    for (const { level, ratio } of levels) {
      const compressed = gzipSync(body, { level });
      expect(gunzipSync(compressed)).toEqual(body);
      expect(ratio).toBe(body.length / compressed.length);
    }
    expect(levels[0]!.ratio).toBeLessThan(levels[8]!.ratio);
    expect(levels[0]!.megabytesPerSecond).toBeGreaterThan(levels[8]!.megabytesPerSecond);
  });

  it('tells the same of the same body, always', () => {
    expect(gzipLevels(body)).toEqual(gzipLevels(Buffer.from(body)));
  });

  it('makes nothing of nothing', () => {
    expect(gzipLevels(Buffer.alloc(0)).every(({ ratio }) => ratio === 1)).toBe(true);
  });
});

describe('measureGzipLevels', () => {
  it('measures the speed of each level by the fastest of its runs', () => {
    let ms = 0;
    let asked = 0;
    // Runs take 10 ms by this clock, but for every third, which takes 2 ms.
    const now = (): number => {
      asked++;
      ms += asked % 9 === 0 ? 2 : 10;
      return ms;
    };
    const megabytes = body.length / 1_000_000;
    for (const { megabytesPerSecond } of measureGzipLevels(body, now)) {
      expect(megabytesPerSecond).toBeGreaterThanOrEqual(megabytes / 0.01);
      expect(megabytesPerSecond).toBeLessThanOrEqual(megabytes / 0.002 + 1e-9);
    }
  });

  it('ends where the clock stands still', () => {
    expect(measureGzipLevels(body.subarray(0, 1_000), () => 0)).toHaveLength(9);
  });

  it('takes the table for a body of nothing', () => {
    expect(measureGzipLevels(Buffer.alloc(0), () => 0)).toEqual(gzipLevels(Buffer.alloc(0)));
  });
});
