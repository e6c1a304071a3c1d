import { describe, expect, it } from 'vitest';
import { projectedMs, type ReadPace, readVerdict, tooSlowToRead } from '../../lib/plan/read-time.ts';

const MB = 1_000_000;
const USABLE_MS = 100_000;

/** A source of `sizeMB`, read for `elapsedMs` at an even pace. */
const pace = (sizeMB: number, mbPerSecond: number, elapsedMs: number): ReadPace => ({
  sizeBytes: sizeMB * MB,
  compressedBytesRead: Math.min(sizeMB * MB, mbPerSecond * elapsedMs * 1_000),
  elapsedMs,
});

describe('projectedMs', () => {
  it('is the time for all of it at the pace so far', () => {
    expect(projectedMs(pace(1_000, 20, 5_000))).toBe(50_000);
  });

  it('is without end before anything was read', () => {
    expect(projectedMs(pace(1_000, 20, 0))).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('readVerdict', () => {
  it.each([
    ['unclear', 'nothing was read', pace(1_000, 20, 0)],
    ['unclear', 'a twentieth of the time is not over', pace(1_000_000, 20, 4_900)],
    ['unclear', 'less than 4 MiB were read', pace(1_000, 0.4, 10_000)],
    ['too-slow', 'it takes twice the time', pace(4_000, 20, 5_000)],
    ['fits', 'it takes half of the time', pace(1_000, 20, 5_000)],
    ['unclear', 'it takes a little more than the time', pace(2_200, 20, 5_000)],
    ['unclear', 'it takes a little less than the time', pace(1_800, 20, 5_000)],
    ['too-slow', 'it still takes a little more after a quarter of the time', pace(2_200, 20, 25_000)],
    ['fits', 'it still takes a little less after a quarter of the time', pace(1_800, 20, 25_000)],
    ['too-slow', 'hardly anything was read in a quarter of the time', pace(1_000, 0.01, 25_000)],
    ['fits', 'all of it was read', pace(1, 1, 1_000)],
  ] as const)('is %s when %s', (verdict, _, reached) => {
    expect(readVerdict(reached, USABLE_MS)).toBe(verdict);
  });

  it('is clear at the latest after a quarter of the time, and once clear does not change at an even pace', () => {
    for (let sizeMB = 10; sizeMB < 10_000; sizeMB = Math.ceil(sizeMB * 1.07)) {
      const verdicts = Array.from({ length: 100 }, (_, n) =>
        readVerdict(pace(sizeMB, 20, n * 1_000), USABLE_MS),
      );
      expect(verdicts.slice(25)).not.toContain('unclear');
      expect(new Set(verdicts.filter((verdict) => verdict !== 'unclear')).size).toBe(1);
    }
  });
});

describe('tooSlowToRead', () => {
  it('names what was measured, what is given, and what to do instead', () => {
    const { code, retryable, message } = tooSlowToRead(
      { uri: 's3://inbox/a.gz', compression: 'gzip' },
      pace(4_000, 20, 5_000),
      USABLE_MS,
    );
    expect({ code, retryable }).toEqual({ code: 'SOURCE_TOO_SLOW', retryable: false });
    expect(message).toContain('4000000000 bytes');
    expect(message).toContain(
      'At the measured 20.0 MB/s that takes 200 s, and 100 s are given. Nothing was sent.',
    );
    expect(message).toContain('bgzip');
  });
});
