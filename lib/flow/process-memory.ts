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
  peakMB: () => process.resourceUsage().maxRSS / KIB_PER_MIB,
  usedMB: () => {
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / MB + NODE_BASE_MB;
  },
  collect: () => globalThis.gc?.(),
};
