import { parseRecipe } from '../../lib/recipe/parse.ts';
import type { Recipe } from '../../lib/recipe/schema.ts';
import { seededRandomAt } from '../../local/mixpanel/random.ts';
import {
  FAULT_KINDS,
  type FaultKind,
  type FaultSettings,
  SCHEDULED_FAULTS,
  SCHEDULED_SHARES,
  type ScheduledFault,
} from './faults.ts';
import { drawSource, type SimulatedSource } from './source.ts';
import { RECORD_BYTES_MAX } from './source-records.ts';
import { between, oneOf } from './world.ts';

/** Everything about a simulation that its seed decides before it begins. */
export interface Schedule {
  readonly seed: number;
  readonly source: SimulatedSource;
  readonly recipe: Recipe;
  readonly senders: number;
  readonly splitterTimeoutMs: number;
  readonly senderTimeoutMs: number;
  readonly isVersioned: boolean;
  readonly settings: FaultSettings;
  readonly scheduled: ReadonlySet<ScheduledFault>;
  /** Number of a good record that kills its sender. */
  readonly poison: number | undefined;
  /** Of the things that happen to the whole import, when. */
  readonly disasterAfterMs: number;
}

const CHUNK_BYTES_MIN = 4_100;
const CHUNK_BYTES_MAX = 9_000;
/** Many disasters come early, while a source is still being split. */
const EARLY_MS_MAX = 400;
const DISASTER_MS_MAX = 20_000;

export const drawSchedule = (seed: number): Schedule => {
  const random = seededRandomAt(seed, 0);
  const scheduled = drawScheduled(random);
  const isSlow = scheduled.has('source: slow');
  const source = drawSource(random, { isSlow, isBroken: scheduled.has('source: broken') });
  return {
    seed,
    source,
    recipe: drawRecipe(random, source),
    senders: between(random, 2, 6),
    splitterTimeoutMs: oneOf(random, isSlow ? [8_000, 12_000, 16_000] : [8_000, 120_000]),
    senderTimeoutMs: oneOf(random, [4_000, 10_000, 30_000, 120_000]),
    isVersioned: random() < 0.3,
    settings: drawSettings(random),
    scheduled,
    poison: scheduled.has('record kills its sender') ? drawPoison(random, source) : undefined,
    disasterAfterMs: (random() < 0.5 ? EARLY_MS_MAX : DISASTER_MS_MAX) * random(),
  };
};

/** The same import where all goes well. */
export const withoutFaults = (schedule: Schedule): Schedule => ({
  ...schedule,
  settings: new Map(),
  scheduled: new Set(),
  poison: undefined,
});

const drawRecipe = (random: () => number, source: SimulatedSource): Recipe =>
  parseRecipe({
    ...(source.recordsPath === undefined ? {} : { recordsPath: source.recordsPath }),
    insertId: random() < 0.7 ? 'content' : 'position',
    tuning: {
      chunkBytes: drawChunkBytes(random, source),
      recordsPerBatch: between(random, 2, 30),
      requestsInFlight: between(random, 1, 4),
      highWater: oneOf(random, [16, 100]),
      compress: random() < 0.2,
      abridged: random() < 0.8,
      recordBytesMax: RECORD_BYTES_MAX,
    },
  });

const STORMS: ReadonlySet<FaultKind> = new Set([
  'api: 429',
  'api: 503',
  's3: cut',
  's3: 503',
  'queue: part not taken',
]);

/** Often such that the first border falls where a line begins, or one byte beside. */
const drawChunkBytes = (random: () => number, { lines }: SimulatedSource): number => {
  const anySize = between(random, CHUNK_BYTES_MIN, CHUNK_BYTES_MAX);
  if (random() < 0.5) return anySize;
  const line = lines.find(({ offset }) => offset >= anySize);
  return (line?.offset ?? anySize) + between(random, -1, 1);
};

/** Some kinds, each now and then or again and again, but never without end. */
const drawSettings = (random: () => number): FaultSettings => {
  const share = oneOf(random, [0.06, 0.15, 0.3]);
  const chosen: [FaultKind, { chance: number; timesMax: number }][] = [];
  for (const kind of FAULT_KINDS) {
    if (random() >= share) continue;
    const isStorm = STORMS.has(kind) && random() < 0.5;
    const chance = isStorm ? 0.8 : oneOf(random, [0.03, 0.1, 0.4]);
    chosen.push([kind, { chance, timesMax: isStorm ? 40 : oneOf(random, [1, 2, 4]) }]);
  }
  return new Map(chosen);
};

const drawPoison = (random: () => number, { lines }: SimulatedSource): number =>
  oneOf(
    random,
    lines.filter(({ fate }) => fate === 'imported'),
  ).n;

const drawScheduled = (random: () => number): ReadonlySet<ScheduledFault> =>
  new Set(SCHEDULED_FAULTS.filter((fault) => random() < SCHEDULED_SHARES[fault]));
