import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../local/mixpanel/main.ts', import.meta.url));

export interface SimulatorProcess {
  readonly url: string;
  /** Events stored so far, duplicates counted once. */
  uniqueEvents(): Promise<number>;
  close(): Promise<void>;
}

/** Starts the Mixpanel simulator in a process of its own; it ends with this one. */
export const startSimulatorProcess = async (): Promise<SimulatorProcess> => {
  const child = spawn(process.execPath, [MAIN, '--keep', 'ids'], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout! });
  const [line] = await Promise.race([
    once(lines, 'line') as Promise<[string]>,
    exited.then(([code]) => {
      throw new Error(`The simulator ended with code ${code} before it was ready.`);
    }),
  ]);
  const { url } = JSON.parse(line) as { url: string };
  return {
    url,
    uniqueEvents: async () => {
      const stats = (await (await fetch(`${url}/_simulator/stats`)).json()) as { unique: number };
      return stats.unique;
    },
    close: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
};
