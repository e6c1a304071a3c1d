/** How the embedded cloud is set up for a part of the soak; each part begins with a new one. */
export interface Phase {
  readonly name: string;
  readonly memoryMB: number;
  readonly senderTimeoutMs: number;
  readonly hasGovernor: boolean;
  /** A process of a function is killed this often on average, in seconds. */
  readonly killSeconds: number;
}

const BASE = { memoryMB: 256, senderTimeoutMs: 120_000, hasGovernor: false, killSeconds: 8 } as const;

/** As long as one another. The first third and the last one have the same memory, so that they can be compared. */
export const PHASES: readonly Phase[] = [
  { name: 'faults', ...BASE },
  { name: 'governor', ...BASE, hasGovernor: true },
  { name: 'little memory', ...BASE, memoryMB: 128, killSeconds: 15 },
  {
    name: 'little memory and time, governor',
    ...BASE,
    memoryMB: 128,
    senderTimeoutMs: 20_000,
    hasGovernor: true,
  },
  { name: 'little time', ...BASE, senderTimeoutMs: 20_000 },
  { name: 'many kills, governor', ...BASE, hasGovernor: true, killSeconds: 3 },
];
