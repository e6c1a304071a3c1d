import { join } from 'node:path';
import { bundleFunction, type FunctionName } from '../../build/bundles.ts';
import type { Recipe } from '../../lib/recipe/schema.ts';
import { type EventSourceMapping, startEventSourceMapping } from '../event-source-mapping.ts';
import { type FunctionHost, startFunctionHost } from '../functions/host.ts';
import type { QueueName, Services } from './services.ts';

/** A killed function's message comes back after this; on AWS after the visibility timeout, minutes later. */
const FAILURE_VISIBILITY_SECONDS = 2;
const CLOSE_MS = 1_000;

export interface FunctionSpec {
  readonly name: FunctionName;
  readonly queue: QueueName;
  readonly batchSize: number;
  readonly memoryMB: number;
  readonly timeoutMs: number;
  readonly concurrencyMax: number;
  /** Processes there may ever be, where that is more than `concurrencyMax` to begin with. */
  readonly processesMax?: number | undefined;
}

export interface FunctionsOptions {
  readonly services: Services;
  /** Bundles are built here. */
  readonly bundlesFolder: string;
  readonly recipe: Recipe;
  readonly environment: Readonly<Record<string, string>>;
  readonly onLog?: ((name: FunctionName, line: string) => void) | undefined;
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** A function and the mapping that feeds it. */
export interface RunningFunction {
  readonly host: FunctionHost;
  readonly mapping: EventSourceMapping;
  close(): Promise<void>;
}

/** Bundles a function as it is deployed, and runs it on the messages of its queue. */
export const startFunction = async (
  spec: FunctionSpec,
  options: FunctionsOptions,
): Promise<RunningFunction> => {
  const { services, bundlesFolder, recipe, environment, onLog, onError } = options;
  const { name, queue, batchSize, memoryMB, timeoutMs, concurrencyMax, processesMax } = spec;
  const bundle = await bundleFunction({ name, outDir: join(bundlesFolder, name), recipe });
  const host = startFunctionHost({
    name,
    bundlePath: bundle.path,
    environment: {
      ...services.environment,
      ...environment,
      POWERTOOLS_SERVICE_NAME: name,
      POWERTOOLS_METRICS_NAMESPACE: 'MixpanelFanout',
    },
    memoryMB,
    timeoutMs,
    concurrencyMax: processesMax ?? concurrencyMax,
    onLog: (line) => onLog?.(name, line),
  });
  const mapping = startEventSourceMapping({
    queueUrl: services.queues[queue].url,
    queueArn: services.queues[queue].arn,
    sqs: services.sqs,
    invoke: host.invoke,
    batchSize,
    concurrencyMax,
    reportBatchItemFailures: true,
    failureVisibilitySeconds: FAILURE_VISIBILITY_SECONDS,
    ...(onError ? { onError } : {}),
  });
  return {
    host,
    mapping,
    close: async () => {
      await mapping.close({ timeoutMs: CLOSE_MS });
      await host.close();
    },
  };
};
