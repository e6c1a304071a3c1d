import { createInFlight } from '../../lib/flow/in-flight.ts';
import type { SendableBatch, SendResult } from '../../lib/send/batch.ts';
import { createImportClient, DEFAULT_LIMITS } from '../../lib/send/client.ts';
import type { Pace } from '../../lib/send/pace.ts';
import { DEFAULT_QUOTA } from '../../lib/tune/quota.ts';
import { seededRandom } from '../../local/mixpanel/random.ts';
import { type Minute, type ModelledApi, modelApi } from './modelled-api.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';

const MINUTE_MS = 60_000;
/** Senders of a fleet begin within this time. */
const SPREAD_MS = 1_000;

export interface FleetOptions {
  readonly senders: number;
  /** What senders believe their number to be. Default: what it is. */
  readonly workers?: number;
  readonly batch: BatchSize;
  readonly minutes: number;
  readonly seed?: number;
  /** The quota from a minute on, in times what it was at first. */
  readonly quotaChange?: { readonly minute: number; readonly factor: number };
  readonly startMinute?: (sender: number) => number;
  /** Batches that a sender has to send per second. Default: more than it can. */
  readonly batchesPerSecond?: number;
  /** Default: one endless chunk. */
  readonly chunks?: { readonly batches: number; readonly gapMs: number; readonly perProcess: number };
}

export interface BatchSize {
  readonly records: number;
  readonly rawBytes: number;
}

export interface FleetResult {
  readonly minutes: readonly Minute[];
  /** Paces at the end, by sender. */
  readonly paces: readonly Pace[];
  /** Waited for the pace, over all senders. */
  readonly paceWaitMs: number;
}

/** Runs real clients, with their pacing, retries and requests in flight, against a model of the API in virtual time. */
export const simulateFleet = async (options: FleetOptions): Promise<FleetResult> => {
  const time = createVirtualTime();
  const random = seededRandom(options.seed ?? 1);
  const api = modelApi({ quota: DEFAULT_QUOTA, senders: options.senders, time, random });
  const over = new AbortController();
  const fleet = { options, time, random, api, signal: over.signal, paces: [] as Pace[], paceWaitMs: 0 };
  const running = Array.from({ length: options.senders }, (_, sender) => runSender(fleet, sender));
  const { quotaChange } = options;
  if (quotaChange) {
    await time.runUntil(quotaChange.minute * MINUTE_MS);
    api.scaleQuota(quotaChange.factor);
  }
  await time.runUntil(options.minutes * MINUTE_MS - 1);
  over.abort(THE_END);
  await Promise.all(running.map((sender) => sender.catch(unlessTheEnd)));
  return { minutes: api.minutes, paces: fleet.paces, paceWaitMs: fleet.paceWaitMs };
};

const THE_END = new Error('The simulation is over.');

const unlessTheEnd = (error: unknown): void => {
  if (error !== THE_END) throw error;
};

interface Fleet {
  readonly options: FleetOptions;
  readonly time: VirtualTime;
  readonly random: () => number;
  readonly api: ModelledApi;
  readonly signal: AbortSignal;
  readonly paces: Pace[];
  paceWaitMs: number;
}

/** Chunk after chunk, in process after process; a new process knows nothing of the pace of the one before. */
const runSender = async (fleet: Fleet, sender: number): Promise<void> => {
  const { options, time, random, signal } = fleet;
  await time.sleep((options.startMinute?.(sender) ?? 0) * MINUTE_MS + random() * SPREAD_MS, signal);
  const chunks = options.chunks ?? { batches: Number.POSITIVE_INFINITY, gapMs: 0, perProcess: 1 };
  for (;;) {
    const chunksOfProcess = chunks.perProcess * (0.5 + random());
    let pace: Pace | undefined;
    for (let n = 0; n < chunksOfProcess; n++) {
      pace = await runChunk(fleet, sender, chunks.batches, pace);
      await time.sleep(chunks.gapMs * 2 * random(), signal);
    }
  }
};

/** @returns the pace at its end */
const runChunk = async (
  fleet: Fleet,
  sender: number,
  batches: number,
  pace: Pace | undefined,
): Promise<Pace> => {
  const { options, time, random, signal } = fleet;
  const client = createImportClient({
    destination: { region: 'us' },
    credentials: { kind: 'none' },
    workers: options.workers ?? options.senders,
    pace,
    openTransport: () => fleet.api.transport(sender),
    now: time.now,
    sleep: time.sleep,
    random,
  });
  const flow = createFlow(fleet, (batch) => client.send(batch, signal));
  const batch = batchOf(options.batch);
  try {
    for (let n = 0; n < batches; n++) {
      if (options.batchesPerSecond) {
        await time.sleep((1_000 / options.batchesPerSecond) * (0.5 + random()), signal);
      }
      await flow.submit(batch);
    }
    await flow.drain();
    return client.pace();
  } finally {
    fleet.paces[sender] = client.pace();
  }
};

/** Batches are committed in order, so one that is refused holds up those behind it, as in a real sender. */
const createFlow = (fleet: Fleet, send: (batch: SendableBatch) => Promise<SendResult>) =>
  createInFlight<SendableBatch, SendResult>({
    itemsMax: DEFAULT_LIMITS.requestsInFlight,
    bytesMax: Number.POSITIVE_INFINITY,
    bytesOf: () => 0,
    run: send,
    commit: async (_, { waitMs }) => {
      fleet.paceWaitMs += waitMs.pace;
    },
  });

const batchOf = (size: BatchSize): SendableBatch => ({
  records: size.records,
  slice: () => {
    throw new Error('The modelled API never asks for half a batch.');
  },
  encode: async () => ({ ...size, body: new Uint8Array(0), compressed: true }),
});
