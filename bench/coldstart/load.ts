import { execFile } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { parseDeployConfig } from '../../lib/recipe/deploy-config.ts';
import { governorSettings } from '../../lib/recipe/governor-config.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import { heapOptions } from '../../lib/tune/heap.ts';

const PROBE = fileURLToPath(new URL('./probe.mjs', import.meta.url));
const MEMORY_MB = 512;
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
    env: environment(),
  });
  return JSON.parse(stdout) as Start;
};

/** Nothing is asked of these addresses. */
const environment = (): NodeJS.ProcessEnv => ({
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  WORK_BUCKET: 'work',
  INTAKE_QUEUE_URL: 'http://127.0.0.1:1/intake',
  CHUNKS_QUEUE_URL: 'http://127.0.0.1:1/chunks',
  RECEIPTS_QUEUE_URL: 'http://127.0.0.1:1/receipts',
  CREDENTIALS_SECRET: 'credentials',
  ENDPOINTS_ALLOWED: '[]',
  MAX_RECEIVE_COUNT: '5',
  SENDER_MAPPING_ID: 'mapping',
  GOVERNOR_SETTINGS: JSON.stringify(governorSettings(parseDeployConfig({}, {}).governor, parseRecipe({}))),
});
