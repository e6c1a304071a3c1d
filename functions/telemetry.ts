import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Progress } from '../lib/plan/chunk.ts';

export const logger = new Logger();
export const metrics = new Metrics();

/** What one run of a sender did, counted per minute by CloudWatch. */
export const measureChunk = ({ records, requests, bytes, peakMB }: Progress, before?: Progress): void => {
  metrics.addMetric('RecordsImported', MetricUnit.Count, records.imported - (before?.records.imported ?? 0));
  metrics.addMetric('RecordsRejected', MetricUnit.Count, records.rejected - (before?.records.rejected ?? 0));
  metrics.addMetric('Requests', MetricUnit.Count, requests.total - (before?.requests.total ?? 0));
  metrics.addMetric(
    'RequestsThrottled',
    MetricUnit.Count,
    requests.throttled - (before?.requests.throttled ?? 0),
  );
  metrics.addMetric('BytesSent', MetricUnit.Bytes, bytes.compressed - (before?.bytes.compressed ?? 0));
  metrics.addMetric('PeakMemory', MetricUnit.Megabytes, peakMB);
  metrics.publishStoredMetrics();
};
