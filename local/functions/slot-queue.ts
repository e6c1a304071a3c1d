import { FunctionHostError, hostClosed } from './errors.ts';

/** Invocations that may wait for a free execution environment; one more is refused. */
const WAITING_MAX = 1_000;

/** Places for invocations in work, and the queue for a place. */
export interface SlotQueue {
  /** @throws {FunctionHostError} FUNCTION_HOST_BUSY with 1,000 waiting; FUNCTION_HOST_CLOSED after `close` */
  take(): Promise<void>;
  release(): void;
  /** Refuses everyone who waits or comes later. */
  close(): void;
  read(): { readonly running: number; readonly waiting: number; readonly concurrencyPeak: number };
}

export function slotQueue(name: string, concurrencyMax: number): SlotQueue {
  const waiting: { resolve: () => void; reject: (error: FunctionHostError) => void }[] = [];
  let running = 0;
  let concurrencyPeak = 0;
  let isClosed = false;

  const take = async (): Promise<void> => {
    if (isClosed) throw hostClosed(name);
    if (running >= concurrencyMax) return wait();
    running += 1;
    concurrencyPeak = Math.max(concurrencyPeak, running);
  };
  const wait = (): Promise<void> => {
    if (waiting.length < WAITING_MAX)
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    const message = `${waiting.length} invocations wait for ${name}, the most allowed; raise concurrencyMax (${concurrencyMax}) or invoke less`;
    throw new FunctionHostError('FUNCTION_HOST_BUSY', message);
  };
  const release = (): void => {
    const next = waiting.shift();
    if (next)
      next.resolve(); // the slot changes hands
    else running -= 1;
  };
  const close = (): void => {
    isClosed = true;
    for (const { reject } of waiting.splice(0)) reject(hostClosed(name));
  };
  return { take, release, close, read: () => ({ running, waiting: waiting.length, concurrencyPeak }) };
}
