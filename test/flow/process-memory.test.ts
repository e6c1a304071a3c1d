import { describe, expect, it } from 'vitest';
import { processMemory } from '../../lib/flow/process-memory.ts';

describe('processMemory', () => {
  it('tells the peak of this process, and not that of the process which started it', () => {
    expect(processMemory.peakMB()).toBeGreaterThan((process.memoryUsage.rss() / 1024 ** 2) * 0.9);
    expect(processMemory.peakMB()).toBeLessThan((process.resourceUsage().maxRSS / 1024) * 1.1);
  });

  it('counts buffers as in use', () => {
    const beforeMB = processMemory.usedMB();
    const held = Buffer.alloc(50_000_000, 1);
    expect(processMemory.usedMB() - beforeMB).toBeGreaterThan(40);
    expect(held.length).toBe(50_000_000);
  });

  it('can be told to collect where there is no gc()', () => {
    expect(() => processMemory.collect()).not.toThrow();
  });
});
