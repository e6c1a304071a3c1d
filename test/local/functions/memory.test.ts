import { describe, expect, it, vi } from 'vitest';
import { oldSpaceMB } from '../../../lib/tune/heap.ts';
import { readPeakResidentMB, trackMemory } from '../../../local/functions/memory.ts';

describe('trackMemory', () => {
  it('calls once when the peak passes the budget, however often it looks', () => {
    const onExceeded = vi.fn();
    const peaks = [100, 128, 129, 140];
    const memory = trackMemory({ readPeakMB: () => peaks.shift(), budgetMB: 128, onExceeded });
    memory.stop();
    memory.stop();
    expect(onExceeded).not.toHaveBeenCalled();
    memory.stop();
    memory.stop();
    memory.stop();
    expect(onExceeded).toHaveBeenCalledOnce();
    expect(memory.peakMB()).toBe(140);
  });

  it('takes the word of a process where there is nothing to read', () => {
    const onExceeded = vi.fn();
    const memory = trackMemory({ readPeakMB: () => undefined, budgetMB: 128, onExceeded });
    memory.report(200);
    expect(onExceeded).toHaveBeenCalledOnce();
    expect(memory.peakMB()).toBe(200);
  });
});

describe('readPeakResidentMB', () => {
  it.runIf(process.platform === 'linux')("is this process's own peak", () => {
    const peakMB = readPeakResidentMB(process.pid);
    expect(peakMB).toBeGreaterThan((process.memoryUsage.rss() / 1024 ** 2) * 0.9);
    // That of the process which started this one counts as its own there.
    expect(peakMB).toBeLessThan((process.resourceUsage().maxRSS / 1024) * 1.1);
  });

  it('is unknown for a process that does not exist', () => {
    expect(readPeakResidentMB(2 ** 30)).toBeUndefined();
  });
});

it('leaves 35 % of the memory to everything outside the old space', () => {
  expect([128, 512, 1769, 10_240].map(oldSpaceMB)).toEqual([83, 332, 1149, 6656]);
});
