import { readFileSync } from 'node:fs';

const MB = 1_000_000;
const KIB_PER_MIB = 1024;
/** What Node takes beside heap and buffers, measured with an idle sender. */
const NODE_BASE_MB = 50;

/** The memory of a process. */
export interface ProcessMemory {
  /** Highest resident memory so far, in MiB; what Lambda calls "Max Memory Used". */
  readonly peakMB: () => number;
  /** Heap and buffers in use, garbage not yet collected included, and Node itself. */
  readonly usedMB: () => number;
  /** Collects garbage, where Node was started with `--expose-gc`. */
  readonly collect: () => void;
}

/** The memory of this process. */
export const processMemory: ProcessMemory = {
  peakMB: () => (residentPeakKiB() ?? process.resourceUsage().maxRSS) / KIB_PER_MIB,
  usedMB: () => {
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / MB + NODE_BASE_MB;
  },
  collect: () => globalThis.gc?.(),
};

/** On Linux, `maxRSS` may be that of the process which started this one; the kernel's own mark is not. */
const residentPeakKiB = (): number | undefined => {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes);
  } catch {
    return undefined;
  }
};
