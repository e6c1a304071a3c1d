/** Lets in at most `capacity` holders at a time, and nobody new while it is shut. */
export interface ConcurrencyGate {
  /** Waits for a place. @returns `false` without a place once the signal is aborted and `wake` was called */
  enter(signal: AbortSignal): Promise<boolean>;
  leave(): void;
  setCapacity(capacity: number): void;
  setOpen(isOpen: boolean): void;
  /** Makes everyone who waits look again. */
  wake(): void;
  /** Waits until everyone has left, or until the time is up. @returns how many are still inside */
  drain(timeoutMs: number): Promise<number>;
}

export function concurrencyGate(capacityAtStart: number): ConcurrencyGate {
  let capacity = capacityAtStart;
  let isOpen = true;
  let inside = 0;
  const waiting: (() => void)[] = [];

  const changed = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
  const wake = (): void => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  const enter = async (signal: AbortSignal): Promise<boolean> => {
    while (!signal.aborted) {
      if (isOpen && inside < capacity) {
        inside += 1;
        return true;
      }
      await changed();
    }
    return false;
  };
  const drain = async (timeoutMs: number): Promise<number> => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      wake();
    }, timeoutMs);
    while (inside > 0 && !isLate) await changed();
    clearTimeout(timer);
    return inside;
  };
  const leave = (): void => {
    inside -= 1;
    wake();
  };
  const setCapacity = (value: number): void => {
    capacity = value;
    wake();
  };
  const setOpen = (value: boolean): void => {
    isOpen = value;
    wake();
  };
  return { enter, leave, setCapacity, setOpen, wake, drain };
}
