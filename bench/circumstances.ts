import { cpus } from 'node:os';

/** Where and when a benchmark was run. */
export interface Circumstances {
  readonly date: string;
  readonly node: string;
  readonly machine: string;
  /** Most cores that other programs were seen to keep busy. */
  readonly busyCores: number;
}

export const circumstancesNow = (busyCores: number): Circumstances => ({
  date: new Date().toISOString().slice(0, 10),
  node: process.versions.node,
  machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`,
  busyCores,
});
