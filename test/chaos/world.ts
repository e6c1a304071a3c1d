import { createFaults, type FaultSettings, type Faults, type Role } from './faults.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

/** What everything in a simulation shares. */
export interface World {
  readonly clock: VirtualClock;
  /** From 0 (inclusive) to 1 (exclusive), the same series for a seed. */
  readonly random: () => number;
  readonly faults: Faults;
  /** Invocations that were killed so far. */
  readonly kills: Record<Role, number>;
  /** Notes what happens, for people. */
  readonly note: (who: string, what: string) => void;
}

export interface WorldOptions {
  readonly random: () => number;
  readonly settings: FaultSettings;
  readonly onNote?: ((line: string) => void) | undefined;
}

export const createWorld = ({ random, settings, onNote }: WorldOptions): World => {
  const clock = createVirtualClock();
  const beganMs = clock.now();
  const faults = createFaults(settings, random);
  const note = (who: string, what: string): void =>
    onNote?.(`${((clock.now() - beganMs) / 1000).toFixed(3).padStart(10)}  ${who.padEnd(14)} ${what}`);
  const strikes: Faults['strikes'] = (kind) => {
    const isStruck = faults.strikes(kind);
    if (isStruck) note('fault', kind);
    return isStruck;
  };
  const kills = { splitter: 0, sender: 0, ledger: 0 };
  return { clock, random, faults: { ...faults, strikes }, kills, note };
};

/** A whole number from `min` to `max`, both included. */
export const between = (random: () => number, min: number, max: number): number =>
  min + Math.floor(random() * (max - min + 1));

export const oneOf = <T>(random: () => number, choices: readonly T[]): T =>
  choices[Math.floor(random() * choices.length)]!;
