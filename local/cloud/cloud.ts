import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { FunctionName } from '../../build/bundles.ts';
import type { Report } from '../../lib/ledger/report.ts';
import { createReportStore } from '../../lib/ledger/store.ts';
import { importIdOf } from '../../lib/plan/import-id.ts';
import { DECOMPRESSED_BYTES_MAX_DEFAULT } from '../../lib/recipe/deploy-config.ts';
import type { Recipe } from '../../lib/recipe/schema.ts';
import type { FunctionHostStats } from '../functions/host.ts';
import { INBOX_BUCKET } from './bucket-names.ts';
import { type FunctionSpec, startFunction } from './functions.ts';
import { type LocalGovernorOptions, startGovernorLoop } from './governor.ts';
import { createdNotification } from './notification.ts';
import { type QueueCounts, readQueueCounts } from './queue-counts.ts';
import { collectSenderMetrics } from './sender-metrics.ts';
import { type QueueName, type Services, startServices, WORK_BUCKET } from './services.ts';

export { INBOX_BUCKET };

const SPLITTER_MEMORY_MB = 512;
const LEDGER_MEMORY_MB = 256;
const FUNCTION_TIMEOUT_MS = 120_000;
/** As Lambda advises: six times the timeout. */
const VISIBILITY_TIMEOUT_SECONDS = (6 * FUNCTION_TIMEOUT_MS) / 1000;
const MAX_RECEIVE_COUNT = 5;

export interface CloudOptions {
  readonly recipe: Recipe;
  /** The value of the secret. */
  readonly credentialsJson: string;
  /** The Work bucket (`<folder>/work`) is here, which several clouds may share. */
  readonly folder: string;
  /** Most that one source may decompress to. @default that of a deployment */
  readonly decompressedBytesMax?: number | undefined;
  readonly senderTimeoutMs?: number | undefined;
  /** First wait after a refused request; for simulators. */
  readonly backoffFirstMs?: number | undefined;
  /** One line that a function logged. */
  readonly onLog?: ((name: FunctionName, line: string) => void) | undefined;
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Changes how many senders run at once; without it they are `workers`. */
  readonly governor?: GovernorOptions | undefined;
}

export type GovernorOptions = Pick<LocalGovernorOptions, 'settings' | 'intervalMs' | 'onRun'>;
type LocalFunction = Exclude<FunctionName, 'governor'>;

export interface DroppedFile {
  readonly importId: string;
  readonly path: string;
  readonly sizeBytes: number;
}

/** The deployed importer on this machine: the same bundles, in processes of their own, on real protocols. */
export interface EmbeddedCloud {
  /** As if the file had been put into the Inbox; it is read in place. */
  drop(path: string): Promise<DroppedFile>;
  report(importId: string): Promise<Report | undefined>;
  stats(name: LocalFunction): FunctionHostStats;
  queues(): Promise<Readonly<Record<QueueName, QueueCounts>>>;
  /** As if the secret had been changed: senders read it when they next need it. */
  replaceCredentials(credentialsJson: string): void;
  /** What stands in for AWS, for clients from outside. */
  readonly services: Pick<Services, 'environment' | 'queues'>;
  /** Ends every process. Staged chunks go; reports and rejects stay. */
  close(): Promise<void>;
}

export const startEmbeddedCloud = async (options: CloudOptions): Promise<EmbeddedCloud> => {
  const { folder, backoffFirstMs, onError, decompressedBytesMax = DECOMPRESSED_BYTES_MAX_DEFAULT } = options;
  const bundlesFolder = await mkdtemp(join(tmpdir(), 'fanout-functions-'));
  const services = await startServices({
    folder,
    credentialsJson: options.credentialsJson,
    visibilityTimeoutSeconds: VISIBILITY_TIMEOUT_SECONDS,
    maxReceiveCount: MAX_RECEIVE_COUNT,
  });
  const { endpoint } = options.recipe.destination;
  const environment = {
    DECOMPRESSED_BYTES_MAX: String(decompressedBytesMax),
    ENDPOINTS_ALLOWED: JSON.stringify(endpoint === undefined ? [] : [endpoint]),
    ...(backoffFirstMs ? { BACKOFF_FIRST_MS: String(backoffFirstMs) } : {}),
  };
  const metrics = collectSenderMetrics();
  const onLog = (name: FunctionName, line: string): void => {
    if (name === 'sender') metrics.add(line);
    options.onLog?.(name, line);
  };
  const specs = functionSpecs(options);
  const [splitter, sender, ledger] = await Promise.all(
    specs.map((spec) => startFunction(spec, { ...options, onLog, services, environment, bundlesFolder })),
  );
  const functions = { splitter: splitter!, sender: sender!, ledger: ledger! };
  const { mapping } = functions.sender;
  const governor =
    options.governor && startGovernorLoop({ ...options.governor, services, mapping, metrics, onError });
  const leftovers = [bundlesFolder];
  return {
    drop: async (path) => {
      const dropped = await drop(services, resolve(path));
      for (const passing of ['staged', 'attempts'])
        leftovers.push(join(folder, WORK_BUCKET, passing, dropped.importId));
      return dropped;
    },
    report: createReportStore(services.s3, WORK_BUCKET).read,
    stats: (name) => functions[name].host.stats(),
    queues: () => readQueueCounts(services),
    replaceCredentials: services.replaceCredentials,
    services,
    close: async () => {
      await Promise.all([governor, ...Object.values(functions)].map((part) => part?.close()));
      await services.close();
      await Promise.all(leftovers.map((path) => rm(path, { recursive: true, force: true })));
    },
  };
};

const functionSpecs = ({ recipe, senderTimeoutMs, governor }: CloudOptions): FunctionSpec[] => {
  const common = { timeoutMs: FUNCTION_TIMEOUT_MS, batchSize: 1 };
  const { memory: memoryMB, workers: concurrencyMax } = recipe.tuning;
  return [
    { ...common, name: 'splitter', queue: 'intake', memoryMB: SPLITTER_MEMORY_MB, concurrencyMax: 2 },
    {
      ...common,
      name: 'sender',
      queue: 'chunks',
      memoryMB,
      concurrencyMax: governor?.settings.workersStart ?? concurrencyMax,
      processesMax: governor?.settings.workersMax,
      timeoutMs: senderTimeoutMs ?? FUNCTION_TIMEOUT_MS,
    },
    {
      ...common,
      name: 'ledger',
      queue: 'receipts',
      memoryMB: LEDGER_MEMORY_MB,
      concurrencyMax: 1,
      batchSize: 10,
    },
  ];
};

const drop = async ({ store, s3, sqs, queues }: Services, path: string): Promise<DroppedFile> => {
  const key = path.slice(1);
  store.serveFile({ bucket: INBOX_BUCKET, key, path });
  const head = await s3.send(new HeadObjectCommand({ Bucket: INBOX_BUCKET, Key: key }));
  const object = {
    bucket: INBOX_BUCKET,
    key,
    etag: (head.ETag ?? '').replaceAll('"', ''),
    sequencer: process.hrtime.bigint().toString(16).toUpperCase(),
    sizeBytes: head.ContentLength ?? 0,
  };
  await sqs.send(
    new SendMessageCommand({ QueueUrl: queues.intake.url, MessageBody: createdNotification(object) }),
  );
  return { importId: importIdOf(object), path, sizeBytes: object.sizeBytes };
};
