import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const INSTALL_MS_MAX = 10 * 60_000;

/** Installs the package of a folder, one that the product does without, as its lock file says. */
export const installPackage = async (folder: string): Promise<void> => {
  const options = { cwd: folder, timeout: INSTALL_MS_MAX };
  await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], options);
};
