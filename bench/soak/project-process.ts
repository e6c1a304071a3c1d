import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SimulatorStats } from '../../local/mixpanel/statistics.ts';
import type { FileSpec } from './kinds.ts';

const PROJECT = fileURLToPath(new URL('./project.ts', import.meta.url));

export interface Question {
  readonly id: number;
  readonly ask: 'stats' | { readonly number: number; readonly kind: string };
}

export interface Project {
  readonly url: string;
  readonly pid: number;
  stats(): Promise<SimulatorStats>;
  /** How many distinct events of a file have arrived. */
  presentOf(spec: FileSpec): Promise<number>;
  close(): Promise<void>;
}

/** Starts the simulator of the soak; it ends with this process. */
export const startProject = async (seed: number): Promise<Project> => {
  const child = fork(PROJECT, [String(seed)]);
  const exited = once(child, 'exit');
  const waiting = new Map<number, (answer: unknown) => void>();
  let asked = 0;
  child.on('message', ({ id, answer }: { id: number; answer: unknown }) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  const answerTo = (id: number): Promise<unknown> =>
    Promise.race([
      new Promise((resolve) => waiting.set(id, resolve)),
      exited.then(([code]) => Promise.reject(new Error(`The simulator ended with code ${code}.`))),
    ]);
  const ask = (question: Question['ask']): Promise<unknown> => {
    asked += 1;
    child.send({ id: asked, ask: question } satisfies Question);
    return answerTo(asked);
  };
  const url = (await answerTo(0)) as string;
  return {
    url,
    pid: child.pid!,
    stats: () => ask('stats') as Promise<SimulatorStats>,
    presentOf: ({ number, kind }) => ask({ number, kind: kind.name }) as Promise<number>,
    close: async () => {
      child.disconnect();
      await exited;
    },
  };
};
