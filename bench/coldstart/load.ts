import { execFile } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { heapOptions } from '../../lib/tune/heap.ts';
import { functionEnvironment } from '../function-environment.ts';

const PROBE = fileURLToPath(new URL('./probe.mjs', import.meta.url));
const MEMORY_MB = 512;
/** Loading asks nothing of AWS. */
const NOWHERE = 'http://127.0.0.1:1';
const run = promisify(execFile);

export interface Load {
  readonly ms: number;
  readonly cpuMs: number;
  readonly hasHandler: boolean;
}

export interface Start {
  /** Of each module, in order. */
  readonly loads: readonly Load[];
  /** Of the whole process, afterwards, in MiB. */
  readonly residentMB: number;
}

/** Starts a process with the options and variables of a function, which loads some modules, one after the other. */
export const startWith = async (paths: readonly string[]): Promise<Start> => {
  const urls = paths.map((path) => pathToFileURL(path).href);
  const { stdout } = await run(process.execPath, [...heapOptions(MEMORY_MB), PROBE, ...urls], {
    env: functionEnvironment(NOWHERE),
  });
  return JSON.parse(stdout) as Start;
};
