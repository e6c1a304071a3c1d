import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const FOLDER = import.meta.dirname;
const INSTALL_MS_MAX = 10 * 60_000;
const IMPORT_MS_MAX = 10 * 60_000;
const run = promisify(execFile);

/** Installs the mixpanel-import package into this folder, as its lock file says. */
export const installPeer = async (): Promise<void> => {
  const options = { cwd: FOLDER, timeout: INSTALL_MS_MAX };
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], options);
};

export interface PeerRun {
  readonly success: number;
  /** Of its process, once the package was loaded. */
  readonly cpuSeconds: number;
}

export const runPeer = async ({
  url,
  file,
  level,
}: {
  readonly url: string;
  readonly file: string;
  readonly level: number;
}): Promise<PeerRun> => {
  const script = join(FOLDER, 'import-file.ts');
  const { stdout } = await run(process.execPath, [script, url, file, 'bench', '10', String(level)], {
    timeout: IMPORT_MS_MAX,
  });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
};
