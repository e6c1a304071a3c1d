/** The knobs that presets turn, named and bounded as in a recipe's `tuning`. */
export interface PresetTuning {
  readonly workers?: number;
  readonly highWater?: number;
  readonly recordsPerBatch?: number;
  readonly compress?: boolean;
  readonly compressionLevel?: number;
  readonly abridged?: boolean;
  readonly throttleMemory?: boolean;
  readonly aggressiveGC?: boolean;
  readonly verbose?: boolean;
  readonly memory?: number;
}

export interface Preset {
  /** When to take it, for people. */
  readonly situation: string;
  /** The knobs it turns; the others keep their defaults. */
  readonly tuning: PresetTuning;
}

const fast: PresetTuning = {
  workers: 30,
  highWater: 200,
  recordsPerBatch: 2_000,
  compress: true,
  abridged: true,
};
const small: PresetTuning = {
  workers: 5,
  highWater: 30,
  recordsPerBatch: 1_000,
  aggressiveGC: true,
  abridged: true,
  memory: 256,
};
const large: PresetTuning = {
  workers: 3,
  highWater: 20,
  recordsPerBatch: 500,
  throttleMemory: true,
  aggressiveGC: true,
};
const narrow: PresetTuning = { workers: 10, highWater: 100, compress: true, compressionLevel: 9 };

/** Knobs for a situation, by name. A value that a recipe or a flag gives counts before the preset's. */
export const PRESETS = {
  'maximum-speed': { situation: 'As fast as it goes; memory does not matter.', tuning: fast },
  'memory-constrained': { situation: 'Each sender must stay far below 512 MB.', tuning: small },
  'large-events': { situation: 'Events of 10 KB and more, as PostHog and Amplitude have.', tuning: large },
  'network-limited': { situation: 'Bandwidth is scarce; CPU is not.', tuning: narrow },
  balanced: {
    situation: 'A good start for small and medium events.',
    tuning: { workers: 10, highWater: 100, compress: true, abridged: true },
  },
  'consistent-flow': {
    situation: 'An even flow counts more than the highest rate.',
    tuning: { workers: 12, highWater: 150, abridged: true },
  },
  'memory-to-spare': { situation: 'There is memory to spare.', tuning: fast },
  'tight-memory': { situation: 'Memory is tight.', tuning: small },
  'huge-events': { situation: 'Events are huge.', tuning: large },
  'slow-network': { situation: 'The network is slow.', tuning: narrow },
  debug: {
    situation: 'Looking closely at what happens, one sender at a time.',
    tuning: { workers: 1, highWater: 16, verbose: true },
  },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;

export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];

export const isPresetName = (value: unknown): value is PresetName =>
  typeof value === 'string' && Object.hasOwn(PRESETS, value);
