import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { processMemory } from '../lib/flow/process-memory.ts';
import type { Progress } from '../lib/plan/chunk.ts';
import { startProgress } from '../lib/plan/progress.ts';
import { type TimeShares, timeShares } from '../lib/tune/bottleneck.ts';

export const logger = new Logger();
export const metrics = new Metrics();

export interface ChunkRun {
  readonly progress: Progress;
  /** What earlier senders of the same chunk had done. */
  readonly before?: Progress | undefined;
  /** Memory of the function. */
  readonly budgetMB: number;
}

/** What one run of a sender did, counted per minute by CloudWatch. The governor reads it: lib/govern/metrics.ts. */
export const measureChunk = ({ progress, before, budgetMB }: ChunkRun): void => {
  const { records, requests, bytes, peakMB } = progress;
  metrics.addMetric('RecordsImported', MetricUnit.Count, records.imported - (before?.records.imported ?? 0));
  metrics.addMetric('RecordsRejected', MetricUnit.Count, records.rejected - (before?.records.rejected ?? 0));
  const sent = requests.total - (before?.requests.total ?? 0);
  const throttled = requests.throttled - (before?.requests.throttled ?? 0);
  metrics.addMetric('Requests', MetricUnit.Count, sent);
  metrics.addMetric('RequestsThrottled', MetricUnit.Count, throttled);
  metrics.addMetric('ThrottledShare', MetricUnit.Percent, (100 * throttled) / Math.max(1, sent));
  metrics.addMetric('BytesSent', MetricUnit.Bytes, bytes.compressed - (before?.bytes.compressed ?? 0));
  metrics.addMetric('BytesUncompressed', MetricUnit.Bytes, bytes.sent - (before?.bytes.sent ?? 0));
  metrics.addMetric('PeakMemory', MetricUnit.Megabytes, peakMB);
  metrics.addMetric('PeakMemoryShare', MetricUnit.Percent, (100 * peakMB) / budgetMB);
  metrics.addMetric('HeapShare', MetricUnit.Percent, (100 * processMemory.usedMB()) / budgetMB);
  const { source, choppy } = sharesOf(progress, before);
  metrics.addMetric('SourceWaitShare', MetricUnit.Percent, 100 * source);
  metrics.addMetric('ChoppyShare', MetricUnit.Percent, 100 * choppy);
  metrics.publishStoredMetrics();
};

/** Counts that Mixpanel, or our own check of the secret, refused credentials that had just been read. */
export const measureRefusal = (): void => {
  metrics.addMetric('CredentialsRefused', MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
};

/** Of the time of this run alone. */
const sharesOf = (progress: Progress, before = startProgress(0)): TimeShares => {
  const stageMs = { ...progress.stageMs };
  for (const stage of Object.keys(stageMs) as (keyof typeof stageMs)[])
    stageMs[stage] -= before.stageMs[stage];
  return timeShares(stageMs, progress.choppyMs - before.choppyMs);
};
