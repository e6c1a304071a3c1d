import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../lib/ledger/report.ts';
import { readPeakResidentMB } from '../local/functions/memory.ts';

const MAIN = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
const LOOK_INTERVAL_MS = 200;
const KINDS = ['splitter', 'sender', 'ledger'] as const;

/** Highest resident memory in MiB, of any process of a kind. */
export type Peaks = Readonly<Record<'cli' | (typeof KINDS)[number], number>>;

export interface MeasuredImport {
  readonly exitCode: number;
  readonly report: Report | undefined;
  readonly peaksMB: Peaks;
  readonly seconds: number;
}

/** Runs `fanout import` in a process of its own, and watches the memory of it and of its functions from outside. */
export const measureImport = async (
  folder: string,
  file: string,
  options: readonly string[],
): Promise<MeasuredImport> => {
  const reportPath = join(folder, 'report.json');
  const startedAtMs = performance.now();
  const cli = spawn(
    process.execPath,
    [MAIN, 'import', file, '--folder', join(folder, 'fanout'), '--report', reportPath, ...options],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const watch = watchMemory(cli);
  const [code] = await once(cli, 'exit');
  const peaksMB = watch.stop();
  const seconds = (performance.now() - startedAtMs) / 1000;
  return { exitCode: code ?? 1, report: await readReport(reportPath), peaksMB, seconds };
};

const readReport = async (path: string): Promise<Report | undefined> => {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { imports: Report[] }).imports[0];
};

const watchMemory = ({ pid }: ChildProcess): { stop(): Peaks } => {
  const peaks = { cli: 0, splitter: 0, sender: 0, ledger: 0 };
  const see = (kind: keyof Peaks, processId: number): void => {
    peaks[kind] = Math.max(peaks[kind], readPeakResidentMB(processId) ?? 0);
  };
  const look = (): void => {
    if (pid === undefined) return;
    see('cli', pid);
    for (const child of childrenOf(pid)) {
      const kind = KINDS.find(
        (name) => commandOf(child).includes(`/runtime.mjs\0`) && commandOf(child).includes(`\0${name}\0`),
      );
      if (kind) see(kind, child);
    }
  };
  const timer = setInterval(look, LOOK_INTERVAL_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return peaks;
    },
  };
};

const childrenOf = (pid: number): number[] =>
  readProc(`${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);

const commandOf = (pid: number): string => readProc(`${pid}/cmdline`);

const readProc = (path: string): string => {
  try {
    return readFileSync(`/proc/${path}`, 'latin1');
  } catch {
    return '';
  }
};
