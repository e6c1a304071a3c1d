import type { Governed, GovernorSettings, GovernorState, Observation } from './governor-state.ts';

export const hold = (state: GovernorState, { workers }: Observation, reason: string): Governed => ({
  state,
  decision: { kind: 'hold', workers, reason },
});

export const set = (
  state: GovernorState,
  { atMs }: Observation,
  workers: number,
  reason: string,
): Governed => ({
  state: { ...state, changedAtMs: atMs },
  decision: { kind: 'set', workers, reason },
});

type Bounds = Pick<GovernorSettings, 'workersMin' | 'workersMax'>;

export const clamp = (workers: number, { workersMin, workersMax }: Bounds): number =>
  Math.min(Math.max(workers, workersMin), workersMax);

export const boundsOf = ({ workersMin, workersMax }: Bounds): string =>
  `${workersMin} to ${workersMax} senders`;

export const timeOf = (ms: number): string => new Date(ms).toISOString();
