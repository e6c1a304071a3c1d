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
    const ownPeakMB = process.resourceUsage().maxRSS / 1024;
    expect(readPeakResidentMB(process.pid)).toBeGreaterThan(ownPeakMB / 2);
    expect(readPeakResidentMB(process.pid)).toBeLessThan(ownPeakMB * 2);
  });

  it('is unknown for a process that does not exist', () => {
    expect(readPeakResidentMB(2 ** 30)).toBeUndefined();
  });
});

it('leaves 35 % of the memory to everything outside the old space', () => {
  expect([128, 512, 1769, 10_240].map(oldSpaceMB)).toEqual([83, 332, 1149, 6656]);
});
