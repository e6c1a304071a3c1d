import { readFileSync } from 'node:fs';

const POLL_INTERVAL_MS = 50;
const KIB_PER_MIB = 1024;

export interface MemoryTracker {
  /** Looks every 50 ms from now on. */
  start(): void;
  /** Takes a last look and stops. */
  stop(): void;
  /** A peak the process itself reported, for platforms without /proc. */
  report(peakMB: number): void;
  /** Highest resident memory seen, in MiB; 0 before the first look. */
  peakMB(): number;
}

export interface MemoryTrackerOptions {
  /** Peak resident memory of the process so far, in MiB; `undefined` when it cannot be known. */
  readonly readPeakMB: () => number | undefined;
  readonly budgetMB: number;
  /** Called once, when the peak first passes the budget. */
  readonly onExceeded: () => void;
}

/** Compares a process's peak resident memory with its budget. Spikes between two looks count: the peak is the kernel's. */
export function trackMemory({ readPeakMB, budgetMB, onExceeded }: MemoryTrackerOptions): MemoryTracker {
  let peakMB = 0;
  let timer: NodeJS.Timeout | undefined;

  const report = (seenMB: number): void => {
    const wasWithin = peakMB <= budgetMB;
    peakMB = Math.max(peakMB, seenMB);
    if (wasWithin && peakMB > budgetMB) onExceeded();
  };
  const look = (): void => report(readPeakMB() ?? 0);
  const stop = (): void => {
    clearInterval(timer);
    look();
  };
  const start = (): void => {
    clearInterval(timer);
    timer = setInterval(look, POLL_INTERVAL_MS);
  };
  return { start, stop, report, peakMB: () => peakMB };
}

/**
 * Peak resident memory of a process in MiB (`VmHWM` of `/proc/<pid>/status`).
 *
 * @returns `undefined` where there is no /proc, and for a process that has ended
 */
export function readPeakResidentMB(pid: number): number | undefined {
  const peakKiB = /^VmHWM:\s+(\d+) kB$/m.exec(readStatus(pid))?.[1];
  return peakKiB === undefined ? undefined : Number(peakKiB) / KIB_PER_MIB;
}

function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    return '';
  }
}
