import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import type { SenderWindow } from '../tune/governor-state.ts';

const MINUTE_MS = 60_000;
const PERIOD_SECONDS = 60;
/** Senders measure when they end, and CloudWatch takes a while: the last full minute is not complete yet. */
const LAG_MINUTES = 1;
/** Longer than most chunks take, so that every sender has had its say. */
const WINDOW_MINUTES = 2;

/** Metrics of the senders that the policy reads, by the name it has for them: functions/telemetry.ts measures them. */
const METRICS = {
  records: ['RecordsImported', 'Sum'],
  bytes: ['BytesUncompressed', 'Sum'],
  requests: ['Requests', 'Sum'],
  throttled: ['RequestsThrottled', 'Sum'],
  heapPercent: ['HeapShare', 'Maximum'],
  credentialsRefused: ['CredentialsRefused', 'Sum'],
} as const;

type Name = keyof typeof METRICS;

/** What the senders measured in the two latest minutes that are complete. @returns undefined if they measured nothing */
export const readSenderWindow = async (
  cloudWatch: CloudWatchClient,
  nowMs: number,
): Promise<SenderWindow | undefined> => {
  const toMs = (Math.floor(nowMs / MINUTE_MS) - LAG_MINUTES) * MINUTE_MS;
  const fromMs = toMs - WINDOW_MINUTES * MINUTE_MS;
  const { MetricDataResults = [] } = await cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(fromMs),
      EndTime: new Date(toMs),
      MetricDataQueries: Object.keys(METRICS).map((name) => queryOf(name as Name)),
    }),
  );
  const valuesOf = (name: Name): number[] => MetricDataResults.find(({ Id }) => Id === name)?.Values ?? [];
  const sum = (name: Name): number => valuesOf(name).reduce((total, value) => total + value, 0);
  if (MetricDataResults.every(({ Values = [] }) => Values.length === 0)) return undefined;
  return {
    fromMs,
    toMs,
    records: sum('records'),
    bytes: sum('bytes'),
    requests: sum('requests'),
    throttled: sum('throttled'),
    heapShare: Math.max(0, ...valuesOf('heapPercent')) / 100,
    credentialsRefused: sum('credentialsRefused'),
  };
};

const queryOf = (name: Name): MetricDataQuery => {
  const [MetricName, Stat] = METRICS[name];
  const Dimensions = [{ Name: 'service', Value: 'sender' }];
  return {
    Id: name,
    MetricStat: {
      Metric: { Namespace: 'MixpanelFanout', MetricName, Dimensions },
      Period: PERIOD_SECONDS,
      Stat,
    },
  };
};
