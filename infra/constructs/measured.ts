import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';

const MINUTE = Duration.minutes(1);

/** What a function measures itself: functions/telemetry.ts and functions/governor.ts. */
const measuredBy =
  (service: string) =>
  (metricName: string, options: MetricOptions = {}): Metric =>
    new Metric({
      namespace: 'MixpanelFanout',
      metricName,
      dimensionsMap: { service },
      period: MINUTE,
      statistic: Stats.SUM,
      ...options,
    });

export const senderMetric = measuredBy('sender');
export const governorMetric = measuredBy('governor');
