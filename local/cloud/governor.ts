import { setTimeout as sleep } from 'node:timers/promises';
import type { SenderMapping, StateStore } from '../../lib/govern/ports.ts';
import { readQueueDepth } from '../../lib/govern/queue-depth.ts';
import { listRunningImports } from '../../lib/govern/running-imports.ts';
import { type GovernorDependencies, type GovernorRun, runGovernor } from '../../lib/governor.ts';
import { createReportStore } from '../../lib/ledger/store.ts';
import { sendMessages } from '../../lib/queue/send-messages.ts';
import { type GovernorSettings, startGovernor } from '../../lib/tune/governor-state.ts';
import type { EventSourceMapping } from '../event-source-mapping.ts';
import type { SenderMetrics } from './sender-metrics.ts';
import { type Services, WORK_BUCKET } from './services.ts';

const INTERVAL_MS = 5_000;

export interface LocalGovernorOptions {
  readonly settings: GovernorSettings;
  readonly services: Pick<Services, 's3' | 'sqs' | 'queues' | 'credentialsChangedAtMs'>;
  readonly mapping: Pick<EventSourceMapping, 'setConcurrency' | 'pause' | 'resume'>;
  readonly metrics: Pick<SenderMetrics, 'window'>;
  /** 5,000 unless set; also how long senders are measured before a look. */
  readonly intervalMs?: number | undefined;
  readonly onRun?: ((run: GovernorRun) => void) | undefined;
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** The governor of a deployed importer, on an event source mapping of this process. */
export const startGovernorLoop = (options: LocalGovernorOptions): { close(): Promise<void> } => {
  const { intervalMs = INTERVAL_MS, onRun, onError } = options;
  const closing = new AbortController();
  const dependencies = dependenciesOf(options);

  const look = async (): Promise<void> => {
    while (await sleep(intervalMs, true, { signal: closing.signal }).catch(() => false)) {
      try {
        onRun?.(await runGovernor(dependencies));
      } catch (error) {
        onError?.(error);
      }
    }
  };

  const looking = look();
  return {
    close: async () => {
      closing.abort();
      await looking;
    },
  };
};

const dependenciesOf = ({
  settings,
  services,
  mapping,
  metrics,
  intervalMs = INTERVAL_MS,
}: LocalGovernorOptions): GovernorDependencies => {
  const { s3, sqs, queues } = services;
  const reports = createReportStore(s3, WORK_BUCKET);
  return {
    settings,
    mapping: inProcess(mapping, settings.workersStart),
    states: inMemory(),
    readDepth: () => readQueueDepth(sqs, queues.chunks.url),
    readWindow: async (nowMs) => metrics.window({ fromMs: nowMs - intervalMs, toMs: nowMs }),
    readCredentialsChange: async () => services.credentialsChangedAtMs(),
    listRunning: (nowMs) => listRunningImports({ s3, bucket: WORK_BUCKET, reports }, nowMs),
    sendReceipts: (receipts) =>
      sendMessages(
        { sqs, queueUrl: queues.receipts.url },
        receipts.map((receipt) => JSON.stringify(receipt)),
      ),
    now: Date.now,
  };
};

const inProcess = (mapping: LocalGovernorOptions['mapping'], workersStart: number): SenderMapping => {
  let workers = workersStart;
  let isEnabled = true;
  return {
    read: async () => ({ workers, mapping: isEnabled ? 'enabled' : 'disabled' }),
    apply: async ({ kind, workers: wanted }) => {
      if (kind === 'pause') mapping.pause();
      else mapping.setConcurrency(wanted);
      if (kind === 'resume') mapping.resume();
      isEnabled = kind !== 'pause';
      workers = wanted;
      return true;
    },
  };
};

const inMemory = (): StateStore => {
  let state = startGovernor();
  return {
    load: async () => ({ state, version: undefined }),
    save: async (next) => {
      state = next;
      return true;
    },
  };
};
