import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { PartsStore } from '../lib/ledger/parts.ts';
import type { Receipt } from '../lib/ledger/receipt.ts';
import type { ChunkOutcome, RejectsStore } from '../lib/ledger/rejects-store.ts';
import { type ChunkMessage, parseChunkMessage, type SourceObject } from '../lib/plan/chunk.ts';
import type { ByteSource } from '../lib/read/byte-source.ts';
import type { ImportClient } from '../lib/send/client.ts';
import { type AttemptsStore, type SenderDependencies, sendChunk } from '../lib/sender.ts';
import type { Attempts } from '../lib/trial.ts';

/** The rejects of the Work bucket, in memory: `objects` where they are looked for, `kept` what is kept aside. */
export const memoryRejects = () => {
  const settled = memoryParts<RejectLine>('rejects');
  const kept = new Map<string, Buffer>();
  const outcomes = new Map<string, ChunkOutcome>();
  const store: RejectsStore = {
    uri: settled.store.uri,
    keep: async (prefix, body) => {
      const name = createHash('sha256').update(body).digest('hex');
      kept.set(`${prefix}${name}`, body);
      return name;
    },
    settle: async (prefix, own) => {
      const outcome = outcomes.get(prefix) ?? own;
      outcomes.set(prefix, outcome);
      for (const [i, name] of outcome.parts.entries())
        settled.objects.set(`${prefix}${i}.ndjson.gz`, kept.get(`${prefix}${name}`)!);
      return outcome;
    },
  };
  return { ...settled, store, kept };
};

interface RejectLine {
  readonly place: { readonly offset: number };
  readonly reason: string;
  readonly raw: string;
}

/** What senders have written into one folder of the Work bucket, in memory. */
export const memoryParts = <Line>(folder: string) => {
  const objects = new Map<string, Buffer>();
  const store: PartsStore = {
    uri: (importId) => `s3://work/${folder}/${importId}/`,
    put: async (name, body) => void objects.set(name, body),
    clear: async (prefix) => {
      for (const name of objects.keys()) if (name.startsWith(prefix)) objects.delete(name);
    },
  };
  const entries = (): Line[] =>
    [...objects.values()].flatMap((body) =>
      gunzipSync(body)
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  return { store, entries, objects };
};

/** Runs that came before, in memory. */
export const memoryAttempts = (): AttemptsStore => {
  const attempts = new Map<string, Attempts>();
  return {
    read: async (name) => attempts.get(name) ?? { started: 0, ended: 0 },
    write: async (name, value) => attempts.set(name, value),
  };
};

export interface FleetOptions {
  readonly openSource: (object: SourceObject) => ByteSource;
  readonly client: Pick<ImportClient, 'send'>;
  /** What a sender has left; asked at its start and again and again. */
  readonly remainingMs?: () => number;
  readonly receiveCountMax?: number;
}

export interface FleetResult {
  readonly receipts: Receipt[];
  readonly rejects: ReturnType<ReturnType<typeof memoryRejects>['entries']>;
  /** Messages given up. */
  readonly dead: ChunkMessage[];
}

/** Sends chunks as the queue would hand them out: failed ones come again, continuations behind the others. */
export const runFleet = async (
  messages: Iterable<ChunkMessage>,
  { openSource, client, remainingMs = () => 100_000, receiveCountMax = 5 }: FleetOptions,
): Promise<FleetResult> => {
  let ids = 0;
  const queue = [...messages].map((message) => ({
    messageId: `m-${ids++}`,
    body: JSON.stringify(message),
    receiveCount: 0,
  }));
  const rejects = memoryRejects();
  const receipts: Receipt[] = [];
  const dead: ChunkMessage[] = [];
  const dependencies: SenderDependencies = {
    openSource,
    openClient: async () => ({ ...client, close: async () => undefined }),
    sendReceipt: async (receipt) => void receipts.push(receipt),
    continueChunk: async (message) =>
      void queue.push({ messageId: `m-${ids++}`, body: JSON.stringify(message), receiveCount: 0 }),
    rejects: rejects.store,
    responses: memoryParts('responses').store,
    attempts: memoryAttempts(),
    now: () => 0,
    memory: { peakMB: () => 100, usedMB: () => 100, collect: () => undefined },
  };
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { messageId, body } = next;
    const receiveCount = next.receiveCount + 1;
    try {
      await sendChunk(
        parseChunkMessage(body),
        { messageId, receiveCount, receiveCountMax, remainingMs },
        dependencies,
      );
    } catch {
      if (receiveCount < receiveCountMax) queue.push({ messageId, body, receiveCount });
      else dead.push(parseChunkMessage(body));
    }
  }
  return { receipts, rejects: rejects.entries(), dead };
};
