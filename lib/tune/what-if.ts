import type { Tuning } from '../recipe/schema.ts';
import { type Plan, type PlanOptions, planImport } from './planner.ts';

const WORKERS_MAX = 100;
const LEVELS = [1, 6, 9];

export interface WhatIf {
  readonly change: string;
  readonly plan: Plan;
}

/** The same import with one knob turned: half and double the workers, other gzip levels. */
export const whatIf = (options: PlanOptions): WhatIf[] => {
  const { workers, compress, compressionLevel } = options.tuning;
  const half = Math.max(1, Math.floor(workers / 2));
  const double = Math.min(WORKERS_MAX, workers * 2);
  const levels = LEVELS.filter((level) => !compress || level !== compressionLevel);
  const turns: Partial<Tuning>[] = [
    ...[half, double].filter((each) => each !== workers).map((each) => ({ workers: each })),
    ...levels.map((level) => ({ compress: true, compressionLevel: level })),
  ];
  return turns.map((turn) => ({
    change: nameOf(turn),
    plan: planImport({ ...options, tuning: { ...options.tuning, ...turn } }),
  }));
};

const nameOf = ({ workers, compressionLevel }: Partial<Tuning>): string =>
  workers === undefined
    ? `gzip level ${compressionLevel}`
    : `${workers} ${workers === 1 ? 'worker' : 'workers'}`;
