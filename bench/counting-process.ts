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
}

export interface CountingProcess {
  readonly url: string;
  counts(): Promise<Counts>;
  close(): Promise<void>;
}

/** @param ids how many ids, from `e-0` on, to tick off; 0 only counts lines */
export const startCountingProcess = async (ids = 0): Promise<CountingProcess> => {
  const child = spawn(process.execPath, [SERVER, '--ids', String(ids)], {
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
