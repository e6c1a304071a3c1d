import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installPackage } from '../install.ts';

const FOLDER = import.meta.dirname;
const IMPORT_MS_MAX = 10 * 60_000;
const run = promisify(execFile);

/** Installs the mixpanel-import package into this folder. */
export const installPeer = (): Promise<void> => installPackage(FOLDER);

export interface PeerRun {
  readonly success: number;
  /** Of its process, once the package was loaded. */
  readonly cpuSeconds: number;
}

/** As it comes, with the largest `highWater` that it takes, and with the whole file in memory. */
export const PEER_WAYS = ['default', 'high-water', 'in-memory'] as const;
export type PeerWay = (typeof PEER_WAYS)[number];

export interface PeerOptions {
  readonly url: string;
  readonly file: string;
  readonly level: number;
  readonly way: PeerWay;
}

export const runPeer = async ({ url, file, level, way }: PeerOptions): Promise<PeerRun> => {
  const script = join(FOLDER, 'import-file.ts');
  const { stdout } = await run(process.execPath, [script, url, file, 'bench', '10', String(level), way], {
    timeout: IMPORT_MS_MAX,
  });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
};
