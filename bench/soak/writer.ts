import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Expected } from './expect.ts';
import type { FileSpec } from './kinds.ts';

const run = promisify(execFile);
const WRITE_FILE = fileURLToPath(new URL('./write-file.ts', import.meta.url));
const WRITE_MS_MAX = 120_000;

/** Writes a file, and tells what can be read of it; elsewhere, since the memory it takes is not the embedded cloud's. */
export const writeElsewhere = async ({ seed, number, kind }: FileSpec, path: string): Promise<Expected> => {
  const values = [String(seed), String(number), kind.name, kind.outcome, path];
  const { stdout } = await run(process.execPath, [WRITE_FILE, ...values], { timeout: WRITE_MS_MAX });
  return JSON.parse(stdout);
};
