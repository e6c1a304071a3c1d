import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../lib/ledger/report.ts';
import { readPeakResidentMB } from '../local/functions/memory.ts';
import { childrenOf, cpuSecondsOf, type FunctionKind, functionOf } from './function-processes.ts';

const MAIN = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
const LOOK_INTERVAL_MS = 200;

type Kind = 'cli' | FunctionKind;
/** Highest resident memory in MiB, of any process of a kind. */
export type Peaks = Readonly<Record<Kind, number>>;

/** A process as it was when last looked at. */
export interface SeenProcess {
  readonly pid: number;
  readonly kind: Kind;
  /** In MiB; the kernel's own mark. */
  readonly peakMB: number;
  readonly cpuSeconds: number;
}

export interface MeasuredImport {
  readonly exitCode: number;
  readonly report: Report | undefined;
  readonly peaksMB: Peaks;
  /** CPU time of all processes of a kind together. */
  readonly cpuSeconds: Readonly<Record<Kind, number>>;
  /** Every process that was a sender, those that were ended early included. */
  readonly senders: readonly SeenProcess[];
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
  const watch = watchProcesses(cli);
  const [code] = await once(cli, 'exit');
  const seen = watch.stop();
  const seconds = (performance.now() - startedAtMs) / 1000;
  return {
    exitCode: code ?? 1,
    report: await readReport(reportPath),
    peaksMB: byKind(seen, (each) => Math.max(0, ...each.map(({ peakMB }) => peakMB))),
    cpuSeconds: byKind(seen, (each) => each.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)),
    senders: seen.filter(({ kind }) => kind === 'sender'),
    seconds,
  };
};

const byKind = (
  seen: readonly SeenProcess[],
  total: (processes: readonly SeenProcess[]) => number,
): Record<Kind, number> => {
  const of = (kind: Kind): number => total(seen.filter((each) => each.kind === kind));
  return { cli: of('cli'), splitter: of('splitter'), sender: of('sender'), ledger: of('ledger') };
};

const readReport = async (path: string): Promise<Report | undefined> => {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { imports: Report[] }).imports[0];
};

const watchProcesses = ({ pid }: ChildProcess): { stop(): SeenProcess[] } => {
  const seen = new Map<number, SeenProcess>();
  const see = (kind: Kind, processId: number): void => {
    const peakMB = readPeakResidentMB(processId);
    if (peakMB !== undefined) {
      seen.set(processId, { pid: processId, kind, peakMB, cpuSeconds: cpuSecondsOf(processId) });
    }
  };
  const look = (): void => {
    if (pid === undefined) return;
    see('cli', pid);
    for (const child of childrenOf(pid)) {
      const kind = seen.get(child)?.kind ?? functionOf(child);
      if (kind) see(kind, child);
    }
  };
  const timer = setInterval(look, LOOK_INTERVAL_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return [...seen.values()];
    },
  };
};
