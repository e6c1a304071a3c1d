import type { ProcessMemory } from './process-memory.ts';

/** Above this share of the budget reading pauses, below that one it goes on. */
const PAUSE_SHARE = 0.8;
const RESUME_SHARE = 0.65;
const POLL_MS = 50;
/** Memory that stays high for so long is not what is under way; reading goes on, a little at a time. */
const PAUSE_MS_MAX = 5_000;

export interface MemoryGateOptions {
  readonly memory: Pick<ProcessMemory, 'usedMB' | 'collect'>;
  readonly budgetMB: number;
  readonly sleep: (delayMs: number) => Promise<unknown>;
}

/** Waits while memory runs short. @returns whether it had to */
export type MemoryGate = () => Promise<boolean>;

export const createMemoryGate = ({ memory, budgetMB, sleep }: MemoryGateOptions): MemoryGate => {
  const isShort = (share: number): boolean => memory.usedMB() > budgetMB * share;
  return async () => {
    if (!isShort(PAUSE_SHARE)) return false;
    for (let pausedMs = 0; pausedMs < PAUSE_MS_MAX; pausedMs += POLL_MS) {
      memory.collect();
      if (!isShort(RESUME_SHARE)) break;
      await sleep(POLL_MS);
    }
    return true;
  };
};
