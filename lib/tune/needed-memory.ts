import { predictMemory, type SenderLoad } from './predict-memory.ts';

const STEP_MB = 64;
const MEMORY_MB_MAX = 10_240;
/** Share of the memory that the predicted peak may take: what comes on top of it is a record longer than usual. */
const USED_SHARE = 0.75;

/** The least memory in which a sender with this load is at ease, in MB, in steps of 64. */
export const neededMemoryMB = (load: Omit<SenderLoad, 'memoryMB'>): number => {
  for (let memoryMB = STEP_MB; memoryMB < MEMORY_MB_MAX; memoryMB += STEP_MB) {
    const { peakMB, slots } = predictMemory({ ...load, memoryMB });
    if (peakMB <= memoryMB * USED_SHARE && slots === load.requestsInFlight) return memoryMB;
  }
  return MEMORY_MB_MAX;
};
