import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { bundleFunction, type FunctionName } from '../../build/bundles.ts';
import { parseRecipe } from '../../lib/recipe/parse.ts';
import { startExecutionEnvironment } from '../../local/functions/execution-environment.ts';
import { functionEnvironment } from '../function-environment.ts';
import { cpuSecondsOf } from '../function-processes.ts';

const SERVER = fileURLToPath(new URL('./cloud-server.ts', import.meta.url));
const TIMEOUT_MS = 900_000;

/** What was asked of the simulated cloud since this was last asked. */
export interface CloudCounts {
  readonly heads: number;
  readonly gets: number;
  readonly bytesRead: number;
  readonly puts: number;
  readonly bytesWritten: number;
  /** Requests that sent messages. */
  readonly queueRequests: number;
  readonly messages: number;
  readonly messageBytes: number;
}

/** A deployed bundle in a process of its own, before a simulated cloud in another one. */
export interface LoneFunction {
  /** Handles the messages, and throws unless it did so without a failure. */
  invoke(bodies: readonly string[]): Promise<void>;
  /** Of its process so far, loading included. */
  cpuSeconds(): number;
  counts(): Promise<CloudCounts>;
}

export interface LoneFunctionOptions {
  readonly name: FunctionName;
  readonly memoryMB: number;
  /** How long each answer of the simulated cloud takes. */
  readonly responseMs: number;
}

/** Lends a function that has been loaded; it ends when `use` does. */
export const withFunction = async <T>(
  options: LoneFunctionOptions,
  use: (lone: LoneFunction) => Promise<T>,
): Promise<T> => {
  const { name, memoryMB, responseMs } = options;
  const folder = await mkdtemp(join(tmpdir(), `fanout-${name}-`));
  const cloud = await startCloud(responseMs);
  const { path } = await bundleFunction({ name, outDir: folder, recipe: parseRecipe({}) });
  const environment = startExecutionEnvironment({
    name,
    bundlePath: path,
    environment: functionEnvironment(cloud.url),
    memoryMB,
    timeoutMs: TIMEOUT_MS,
  });
  const invoke = async (bodies: readonly string[]): Promise<void> => {
    const outcome = await environment.invoke({ Records: bodies.map(recordOf) });
    if (outcome.kind === 'ok' && JSON.stringify(outcome.result) === '{"batchItemFailures":[]}') return;
    throw new Error(`The ${name} failed: ${JSON.stringify(outcome).slice(0, 1_000)}`);
  };
  try {
    await invoke([]);
    return await use({ invoke, cpuSeconds: () => cpuSecondsOf(environment.pid!), counts: cloud.counts });
  } finally {
    await environment.stop();
    await cloud.close();
    await rm(folder, { recursive: true, force: true });
  }
};

const recordOf = (body: string, index: number) => ({
  messageId: String(index),
  receiptHandle: String(index),
  body,
  attributes: { ApproximateReceiveCount: '1' },
});

const startCloud = async (responseMs: number) => {
  const child = spawn(process.execPath, [SERVER, '--response-ms', String(responseMs)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const [line] = await once(createInterface({ input: child.stdout! }), 'line');
  const { url } = JSON.parse(line) as { url: string };
  return {
    url,
    counts: async () => (await fetch(`${url}/stats`)).json() as Promise<CloudCounts>,
    close: async () => {
      child.kill();
      await exited;
    },
  };
};
