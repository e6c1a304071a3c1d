import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { ChunkOutcome, OutcomeStore } from '../lib/ledger/outcome-store.ts';
import type { Receipt } from '../lib/ledger/receipt.ts';
import { type ChunkMessage, parseChunkMessage, type SourceObject } from '../lib/plan/chunk.ts';
import type { ByteSource } from '../lib/read/byte-source.ts';
import type { ImportClient } from '../lib/send/client.ts';
import { type AttemptsStore, type SenderDependencies, sendChunk } from '../lib/sender.ts';
import type { Attempts } from '../lib/trial.ts';

/** Rejects and answers in the Work bucket, in memory: where they are looked for, and `kept` what is kept aside. */
export const memoryOutcomes = () => {
  const rejects = memoryParts<RejectLine>();
  const responses = memoryParts<ResponseLine>();
  const kept = new Map<string, Buffer>();
  const outcomes = new Map<string, ChunkOutcome>();
  const show = (prefix: string, names: readonly string[], { objects }: { objects: Map<string, Buffer> }) => {
    for (const [i, name] of names.entries())
      objects.set(`${prefix}${i}.ndjson.gz`, kept.get(`${prefix}${name}`)!);
  };
  const store: OutcomeStore = {
    rejectsUri: (importId) => `s3://work/rejects/${importId}/`,
    responsesUri: (importId) => `s3://work/responses/${importId}/`,
    keep: async (prefix, body) => {
      const name = createHash('sha256').update(body).digest('hex');
      kept.set(`${prefix}${name}`, body);
      return name;
    },
    settle: async (prefix, own) => {
      const outcome = outcomes.get(prefix) ?? own;
      outcomes.set(prefix, outcome);
      show(prefix, outcome.parts, rejects);
      show(prefix, outcome.responseParts, responses);
      return outcome;
    },
    giveUp: async (prefix, responseParts) => show(prefix, responseParts, responses),
  };
  return { store, kept, rejects, responses };
};

interface RejectLine {
  readonly place: { readonly offset: number };
  readonly reason: string;
  readonly raw: string;
}

interface ResponseLine {
  readonly at: string;
  readonly place: { readonly offset: number; readonly chunk: number };
  readonly records: number;
  readonly attempt: number;
  readonly status: number;
  readonly body: string;
  readonly truncated?: boolean;
}

/** Parts of gzipped NDJSON by their names. */
const memoryParts = <Line>() => {
  const objects = new Map<string, Buffer>();
  const entries = (): Line[] =>
    [...objects.values()].flatMap((body) =>
      gunzipSync(body)
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  return { entries, objects };
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
  readonly rejects: readonly RejectLine[];
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
  const outcomes = memoryOutcomes();
  const receipts: Receipt[] = [];
  const dead: ChunkMessage[] = [];
  const dependencies: SenderDependencies = {
    openSource,
    openClient: async () => ({ ...client, close: async () => undefined }),
    sendReceipt: async (receipt) => void receipts.push(receipt),
    continueChunk: async (message) =>
      void queue.push({ messageId: `m-${ids++}`, body: JSON.stringify(message), receiveCount: 0 }),
    outcomes: outcomes.store,
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
  return { receipts, rejects: outcomes.rejects.entries(), dead };
};
