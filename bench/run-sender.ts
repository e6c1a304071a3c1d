import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunction } from '../build/bundles.ts';
import type { ChunkMessage } from '../lib/plan/chunk.ts';
import { headObject, s3Source } from '../lib/read/s3.ts';
import { parseRecipe } from '../lib/recipe/parse.ts';
import type { Recipe, RecipeInput } from '../lib/recipe/schema.ts';
import { splitObject } from '../lib/splitter.ts';
import { INBOX_BUCKET } from '../local/cloud/bucket-names.ts';
import { type Services, startServices } from '../local/cloud/services.ts';
import { startExecutionEnvironment } from '../local/functions/execution-environment.ts';
import { cpuSecondsOf } from './function-processes.ts';
import { NO_QUOTA } from './no-quota.ts';

const TIMEOUT_MS = 900_000;
const FOREVER = 3_600;

export interface SenderRun {
  /** Of the sender's process, from its first message to the end of its last. */
  readonly cpuSeconds: number;
  /** The same of each chunk. */
  readonly chunkCpuSeconds: readonly number[];
  readonly seconds: number;
}

export interface SenderOptions {
  readonly file: string;
  readonly url: string;
  readonly recipe: RecipeInput;
}

/**
 * Sends a file with the sender as it is deployed: its bundle, alone in a process that takes one chunk after the other.
 * Object store and queues are in this process. The time until the bundle is loaded does not count.
 */
export const runSender = async ({ file, url, recipe: input }: SenderOptions): Promise<SenderRun> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanout-sender-'));
  const recipe = recipeFor(input, url);
  const services = await startServices({
    folder,
    credentialsJson: JSON.stringify({ token: 'bench' }),
    visibilityTimeoutSeconds: FOREVER,
    maxReceiveCount: 5,
  });
  try {
    const messages = await split(services, file, recipe);
    return await sendAll(messages, { folder, services, recipe, url });
  } finally {
    await services.close();
    await rm(folder, { recursive: true, force: true });
  }
};

const recipeFor = (input: RecipeInput, endpoint: string): Recipe =>
  parseRecipe({
    ...input,
    destination: { endpoint, quota: NO_QUOTA },
    tuning: { workers: 1, ...input.tuning },
  });

const split = async ({ store, s3 }: Services, path: string, recipe: Recipe): Promise<ChunkMessage[]> => {
  const key = path.slice(1);
  store.serveFile({ bucket: INBOX_BUCKET, key, path });
  const messages: ChunkMessage[] = [];
  const source = await splitObject(
    { bucket: INBOX_BUCKET, key, sequencer: '1' },
    {
      recipe,
      head: (object) => headObject(s3, object),
      openSource: (object) => s3Source(s3, object),
      sendChunks: async (chunks) => messages.push(...chunks),
      sendReceipt: async () => undefined,
      stage: notNeeded,
      continueSplit: notNeeded,
      remainingMs: () => TIMEOUT_MS,
      decompressedBytesMax: Number.MAX_SAFE_INTEGER,
      now: Date.now,
    },
  );
  if (messages.length === 0) throw new Error(`${source.uri} gave no chunk.`);
  return messages;
};

const notNeeded = async (): Promise<never> => {
  throw new Error('A plain file of JSON lines is cut by arithmetic.');
};

interface Surroundings {
  readonly folder: string;
  readonly services: Services;
  readonly recipe: Recipe;
  readonly url: string;
}

const sendAll = async (
  messages: readonly ChunkMessage[],
  { folder, services, recipe, url }: Surroundings,
): Promise<SenderRun> => {
  const { path } = await bundleFunction({ name: 'sender', outDir: folder, recipe });
  const sender = startExecutionEnvironment({
    name: 'sender',
    bundlePath: path,
    environment: {
      ...services.environment,
      ENDPOINTS_ALLOWED: JSON.stringify([url]),
      POWERTOOLS_SERVICE_NAME: 'sender',
      POWERTOOLS_METRICS_NAMESPACE: 'MixpanelFanout',
    },
    memoryMB: recipe.tuning.memory,
    timeoutMs: TIMEOUT_MS,
  });
  try {
    await sender.invoke({ Records: [] });
    const startedAt = performance.now();
    const chunkCpuSeconds: number[] = [];
    for (const message of messages) {
      const startedCpuSeconds = cpuSecondsOf(sender.pid!);
      await sendOne(sender, message);
      chunkCpuSeconds.push(cpuSecondsOf(sender.pid!) - startedCpuSeconds);
    }
    return {
      cpuSeconds: chunkCpuSeconds.reduce((sum, seconds) => sum + seconds, 0),
      chunkCpuSeconds,
      seconds: (performance.now() - startedAt) / 1_000,
    };
  } finally {
    await sender.stop();
  }
};

const sendOne = async (
  sender: ReturnType<typeof startExecutionEnvironment>,
  message: ChunkMessage,
): Promise<void> => {
  const outcome = await sender.invoke(eventOf(message));
  const isDone = outcome.kind === 'ok' && JSON.stringify(outcome.result) === '{"batchItemFailures":[]}';
  if (!isDone) throw new Error(`Chunk ${message.chunk} was not sent: ${JSON.stringify(outcome)}`);
};

const eventOf = (message: ChunkMessage) => ({
  Records: [
    {
      messageId: `chunk-${message.chunk}`,
      receiptHandle: `chunk-${message.chunk}`,
      body: JSON.stringify(message),
      attributes: { ApproximateReceiveCount: '1' },
    },
  ],
});
