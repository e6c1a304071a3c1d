import * as z from 'zod';

/** What the governor may do, and what it aims at. */
export const governorSettingsSchema = z.strictObject({
  /** Senders as deployed; the governor goes back to them when there has been nothing to send for a while. */
  workersStart: z.int().positive(),
  workersMin: z.int().positive(),
  workersMax: z.int().positive(),
  /** The API's quota for the project. */
  eventsPerSecondMax: z.number().positive(),
  /** The same in bytes, before compression. */
  bytesPerMinuteMax: z.number().positive(),
  /** How long nothing may be waiting or in work before the deployed number of senders is set again. */
  emptyMs: z.int().nonnegative(),
  /** How long a number of senders that was too many for the API is not tried again. */
  ceilingMs: z.int().nonnegative(),
});

export type GovernorSettings = z.output<typeof governorSettingsSchema>;

/** What senders measured between two moments, added up. */
export interface SenderWindow {
  /** Milliseconds since the epoch, half-open. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly records: number;
  /** Before compression. */
  readonly bytes: number;
  readonly requests: number;
  readonly throttled: number;
  /** Highest share of its heap that any sender had in use, 0 to 1. */
  readonly heapShare: number;
  /** Times that credentials just read were refused. */
  readonly credentialsRefused: number;
}

/** What the governor sees when it looks. */
export interface Observation {
  readonly atMs: number;
  /** As the mapping has it now, whoever set it. */
  readonly workers: number;
  /** A mapping that is `changing` takes no other change. */
  readonly mapping: 'enabled' | 'disabled' | 'changing';
  readonly chunksWaiting: number;
  readonly chunksInWork: number;
  /** Absent when nothing was measured. */
  readonly window?: SenderWindow | undefined;
  /** When the secret was last changed, if that is known. */
  readonly credentialsChangedAtMs?: number | undefined;
}

export const governorStateSchema = z.strictObject({
  v: z.literal(1),
  /** When a change was last decided; what was measured before says nothing about it. */
  changedAtMs: z.number().nullable(),
  /** Since when there is nothing to send. */
  emptySinceMs: z.number().nullable(),
  /** The fewest senders that are too many for the API, by what it refused lately. */
  ceiling: z.object({ workers: z.number(), atMs: z.number() }).nullable(),
  /** Set while senders are paused; a secret changed since then may be a good one. */
  refusedSinceMs: z.number().nullable(),
  /** When senders last went on after a pause; older refusals are old news. */
  resumedAtMs: z.number().nullable(),
});

/** What the governor remembers from one look to the next. */
export type GovernorState = z.output<typeof governorStateSchema>;

export const startGovernor = (): GovernorState => ({
  v: 1,
  changedAtMs: null,
  emptySinceMs: null,
  ceiling: null,
  refusedSinceMs: null,
  resumedAtMs: null,
});

export interface Decision {
  readonly kind: 'hold' | 'set' | 'pause' | 'resume';
  /** How many senders there are to be; while paused, how many there will be again. */
  readonly workers: number;
  /** For people: what was seen, and the bound it met. */
  readonly reason: string;
}

export interface Governed {
  readonly state: GovernorState;
  readonly decision: Decision;
}
