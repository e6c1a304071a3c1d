import type { Receipt } from '../lib/ledger/receipt.ts';
import type { ChunkMessage } from '../lib/plan/chunk.ts';
import type { ByteSource } from '../lib/read/byte-source.ts';
import { memorySource } from '../lib/read/memory.ts';
import { type Delivery, type SenderDependencies, sendChunk } from '../lib/sender.ts';
import { chunkMessage } from './chunk-message.ts';
import { type FakeClientOptions, fakeClient } from './fake-client.ts';
import { memoryAttempts, memoryOutcomes } from './in-memory-fleet.ts';
import { mixedFile } from './records.ts';

export const FILE = mixedFile(100);

export const messageOf = (overrides: Partial<ChunkMessage> = {}): ChunkMessage => ({
  ...chunkMessage(FILE.length, {
    recipe: { tuning: { compress: false, recordsPerBatch: 10, requestsInFlight: 1 } },
  }),
  ...overrides,
});

export interface Run {
  readonly message?: ChunkMessage;
  readonly client?: FakeClientOptions;
  readonly source?: ByteSource;
  readonly delivery?: Partial<Delivery>;
  readonly dependencies?: Partial<SenderDependencies>;
}

/** One of several runs of a chunk. */
export interface ChunkRun {
  /** The run whose rest this one is given; absent: the chunk itself. */
  readonly restOf?: number;
  /** Requests that succeed. */
  readonly sends: number;
}

/** Runs of one chunk, one after the other, that keep what they have to say in one store. */
export const runAll = async (
  runs: readonly ChunkRun[],
  message: ChunkMessage,
  outcomes: SenderDependencies['outcomes'],
): Promise<void> => {
  const rests: ChunkMessage[] = [];
  for (const [i, { restOf, sends }] of runs.entries()) {
    let sent = 0;
    const before = async () => {
      if (++sent > sends) throw new Error('unavailable');
    };
    const { continuations } = await run({
      message: restOf === undefined ? message : rests[restOf]!,
      client: { before },
      dependencies: { outcomes },
    });
    for (const { message: rest } of continuations) rests[i] = rest;
  }
};

/** One run of a sender, and all that it told others. */
export const run = async ({ message = messageOf(), client, source = memorySource(FILE), ...given }: Run) => {
  const receipts: Receipt[] = [];
  const continuations: { message: ChunkMessage; delaySeconds: number }[] = [];
  const { store, ...outcomes } = memoryOutcomes();
  const delivery = {
    messageId: 'm',
    receiveCount: 1,
    receiveCountMax: 5,
    remainingMs: () => 100_000,
    ...given.delivery,
  };
  const outcome = await sendChunk(message, delivery, {
    openSource: () => source,
    openClient: async () => ({ ...fakeClient(client), close: async () => undefined }),
    sendReceipt: async (receipt) => void receipts.push(receipt),
    continueChunk: async (rest, delaySeconds) => void continuations.push({ message: rest, delaySeconds }),
    outcomes: store,
    attempts: memoryAttempts(),
    now: () => 9_000,
    memory: { peakMB: () => 100, usedMB: () => 100, collect: () => undefined },
    ...given.dependencies,
  }).then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  return { outcome, receipts, continuations, ...outcomes };
};
