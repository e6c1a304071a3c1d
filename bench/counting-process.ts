import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('./counting-server.ts', import.meta.url));

export interface Counts {
  readonly requests: number;
  readonly events: number;
  readonly bytes: number;
  /** Lines whose id is none of those expected. */
  readonly unknownIds: number;
  /** Ids that never came, and ids that came more than once. */
  readonly missing: number;
  readonly repeated: number;
  /** CPU time of the server so far. */
  readonly cpuSeconds: number;
}

export interface CountingOptions {
  /** How many ids, from `e-0` on, to tick off; 0, the default, only counts lines. */
  readonly ids?: number;
  /** How long an answer takes once the request was read. Default 0. */
  readonly responseMs?: number;
}

export interface CountingProcess {
  readonly url: string;
  counts(): Promise<Counts>;
  close(): Promise<void>;
}

/** Starts the counting server in a process of its own. */
export const startCountingProcess = async ({
  ids = 0,
  responseMs = 0,
}: CountingOptions = {}): Promise<CountingProcess> => {
  const options = ['--ids', String(ids), '--response-ms', String(responseMs)];
  const child = spawn(process.execPath, [SERVER, ...options], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const [line] = await once(createInterface({ input: child.stdout! }), 'line');
  const { url } = JSON.parse(line);
  return {
    url,
    counts: async () => (await fetch(url)).json() as Promise<Counts>,
    close: async () => {
      child.kill();
      await exited;
    },
  };
};
