export const ROLES = ['splitter', 'sender', 'ledger'] as const;
export type Role = (typeof ROLES)[number];

/** What a function does to the world: sends a message, writes or deletes or reads an object, posts a batch. */
export const ACTS = ['read', 'write', 'delete', 'send', 'post', 'return'] as const;
export type Act = (typeof ACTS)[number];
export const MOMENTS = ['before', 'during', 'after'] as const;
export type Moment = (typeof MOMENTS)[number];

/** `delete` is that of the answers that an earlier run kept; `return` is the end of a function, upon which Lambda deletes its messages. */
const ACTS_OF: Readonly<Record<Role, readonly Act[]>> = {
  splitter: ['read', 'write', 'send', 'return'],
  sender: ['read', 'write', 'delete', 'send', 'post', 'return'],
  ledger: ['read', 'write', 'return'],
};

type DeathKind = `${Role} dies ${Moment} ${Act}`;
type KillKind = `${Role}: ${'out of memory' | 'timeout'}`;

export const QUEUE_FAULTS = [
  'queue: duplicate',
  'queue: late',
  'queue: part not taken',
  'queue: taken, told failed',
  'queue: 500',
  'queue: taken, answered 500',
  'queue: delete lost',
] as const;
export const STORE_FAULTS = [
  's3: 500',
  's3: 503',
  's3: slow',
  's3: cut',
  's3: written, answered 500',
  's3: 409',
] as const;
export const API_FAULTS = [
  'api: 429',
  'api: 500',
  'api: 502',
  'api: 503',
  'api: 504',
  'api: 524',
  'api: HTML 200',
  'api: HTML 413',
  'api: HTML 502',
  'api: 401',
  'api: 413',
  'api: slow',
  'api: hang',
  'api: reset before',
  'api: reset after',
  'api: answer cut',
  'api: half taken, 503',
] as const;

export type QueueFault = (typeof QUEUE_FAULTS)[number];
export type StoreFault = (typeof STORE_FAULTS)[number];
export type ApiFault = (typeof API_FAULTS)[number];
/** What happens to an import as a whole, drawn once for it, with the share of imports that it happens to. */
export const SCHEDULED_SHARES = {
  'source: replaced': 0.06,
  'source: deleted': 0.06,
  'source: slow': 0.15,
  'source: broken': 0.1,
  'notification twice': 0.15,
  'record kills its sender': 0.06,
  'file kills the splitter': 0.02,
  'api: 401 from now on': 0.03,
} as const;
export type ScheduledFault = keyof typeof SCHEDULED_SHARES;
export const SCHEDULED_FAULTS = Object.keys(SCHEDULED_SHARES) as ScheduledFault[];

export type FaultKind = DeathKind | KillKind | QueueFault | StoreFault | ApiFault;

export const FAULT_KINDS: readonly FaultKind[] = [
  ...ROLES.flatMap((role) =>
    ACTS_OF[role].flatMap((act) => MOMENTS.map((moment): FaultKind => `${role} dies ${moment} ${act}`)),
  ),
  ...ROLES.flatMap((role): FaultKind[] => [`${role}: out of memory`, `${role}: timeout`]),
  ...QUEUE_FAULTS,
  ...STORE_FAULTS,
  ...API_FAULTS,
];

/** How often one kind of fault strikes in a schedule. */
export interface FaultSetting {
  readonly chance: number;
  readonly timesMax: number;
}
export type FaultSettings = ReadonlyMap<FaultKind, FaultSetting>;

export interface Faults {
  /** Asked wherever a fault of this kind could strike. Bounded, so that an import can come to its end. */
  strikes(kind: FaultKind): boolean;
  /** How often each kind has struck. */
  readonly struck: ReadonlyMap<FaultKind, number>;
}

export const createFaults = (settings: FaultSettings, random: () => number): Faults => {
  const struck = new Map<FaultKind, number>();
  return {
    strikes: (kind) => {
      const setting = settings.get(kind);
      const times = struck.get(kind) ?? 0;
      if (!setting || times >= setting.timesMax || random() >= setting.chance) return false;
      struck.set(kind, times + 1);
      return true;
    },
    struck,
  };
};
