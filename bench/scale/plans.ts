import { type CloudCounts, withFunction } from './cloud.ts';
import { count } from './numbers.ts';

const SIZES_GB = [1, 10, 100, 1_000];
const GB = 1e9;
const MEMORY_MB = 512;
/** About what S3 and SQS take within a region. */
export const CLOUD_RESPONSE_MS = 20;

export interface PlanResult extends CloudCounts {
  readonly gigabytes: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Splits plain JSON lines of several sizes, of which only the requests are real. */
export const planSizes = (): Promise<PlanResult[]> =>
  withFunction(
    { name: 'splitter', memoryMB: MEMORY_MB, responseMs: CLOUD_RESPONSE_MS },
    async ({ invoke, cpuSeconds, counts }) => {
      const results: PlanResult[] = [];
      await invoke([notificationOf(GB / 1_000)]);
      for (const gigabytes of SIZES_GB) {
        await counts();
        const cpuBefore = cpuSeconds();
        const startedAt = performance.now();
        await invoke([notificationOf(gigabytes * GB)]);
        const seconds = (performance.now() - startedAt) / 1_000;
        results.push({ gigabytes, seconds, cpuSeconds: cpuSeconds() - cpuBefore, ...(await counts()) });
      }
      return results;
    },
  );

const notificationOf = (sizeBytes: number): string =>
  JSON.stringify({
    Records: [
      {
        eventName: 'ObjectCreated:Put',
        s3: { bucket: { name: 'inbox' }, object: { key: `${sizeBytes}.jsonl`, eTag: 'e1', sequencer: '1' } },
      },
    ],
  });

export const PLAN_HEAD = [
  'plain JSON lines',
  'HEAD',
  'GET',
  'bytes read',
  'messages',
  'bytes a message',
  'requests to SQS',
  'seconds',
  'CPU s',
];

export const planRow = (result: PlanResult): string[] => [
  `${count(result.gigabytes)} GB`,
  count(result.heads),
  count(result.gets),
  count(result.bytesRead),
  count(result.messages),
  count(result.messageBytes / result.messages),
  count(result.queueRequests),
  result.seconds.toFixed(1),
  result.cpuSeconds.toFixed(2),
];

/** The splitter reads as much of a terabyte as of a gigabyte. */
export const isPlanGood = (results: readonly PlanResult[]): boolean =>
  results.every(
    ({ heads, gets, bytesRead }) => heads === 1 && gets === 1 && bytesRead === results[0]!.bytesRead,
  );
