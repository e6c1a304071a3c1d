import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, type FunctionKind, functionOf } from '../function-processes.ts';
import type { Random } from './random.ts';

export interface Killer {
  /** Processes killed so far. */
  readonly killed: Readonly<Record<FunctionKind, number>>;
  close(): Promise<void>;
}

/** Mostly senders, since most of the work is theirs. */
const VICTIMS: readonly FunctionKind[] = ['sender', 'sender', 'sender', 'splitter', 'ledger'];

/** Kills processes of functions that this process has started, one at a time, at random. */
export const startKiller = (meanSeconds: number, random: Random): Killer => {
  const killed = { splitter: 0, sender: 0, ledger: 0 };
  const closing = new AbortController();
  const strike = (): void => {
    const victim = random.pick(VICTIMS);
    const pids = childrenOf(process.pid).filter((pid) => functionOf(pid) === victim);
    if (pids.length === 0) return;
    process.kill(random.pick(pids), 'SIGKILL');
    killed[victim] += 1;
  };
  const run = async (): Promise<void> => {
    const nextMs = (): number => meanSeconds * random.between(400, 1_600);
    while (await sleep(nextMs(), true, { signal: closing.signal }).catch(() => false)) strike();
  };
  const running = run();
  return {
    killed,
    close: () => {
      closing.abort();
      return running;
    },
  };
};
