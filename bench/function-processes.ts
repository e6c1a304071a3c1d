import { readFileSync } from 'node:fs';

/** A function of the embedded cloud, by the name that its processes carry. */
export type FunctionKind = 'splitter' | 'sender' | 'ledger';

/** `sysconf(_SC_CLK_TCK)`: of Linux on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

const KINDS = ['splitter', 'sender', 'ledger'] as const;

/** Which function a process runs; undefined for other processes and for those that have ended. */
export const functionOf = (pid: number): FunctionKind | undefined => {
  const command = readProc(`${pid}/cmdline`);
  return KINDS.find((name) => command.includes('/runtime.mjs\0') && command.includes(`\0${name}\0`));
};

/** Processes that another one has started itself. */
export const childrenOf = (pid: number): number[] =>
  readProc(`${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);

/** Resident memory now, in MiB; undefined once the process has ended. */
export const readResidentMB = (pid: number): number | undefined => {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(`${pid}/status`))?.[1];
  return kib === undefined ? undefined : Number(kib) / 1024;
};

/** CPU time of all threads of a process so far. User and system time are the 14th and 15th field; the second one, in brackets, may hold spaces. */
export const cpuSecondsOf = (pid: number): number => {
  const fields = readProc(`${pid}/stat`)
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
};

/** A file below /proc; empty where there is none. */
export const readProc = (path: string): string => {
  try {
    return readFileSync(`/proc/${path}`, 'latin1');
  } catch {
    return '';
  }
};
