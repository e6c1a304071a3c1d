import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { MEMORY_SHARE_HIGH } from '../../lib/tune/advice.ts';
import type { Governor } from './governor.ts';
import { governorMetric, senderMetric } from './measured.ts';
import { RECEIVES_MAX } from './redriven-queue.ts';

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);
const MEMORY_PERCENT_MAX = 100 * MEMORY_SHARE_HIGH;
const THROTTLED_PERCENT_MAX = 5;
const PAUSED = 'The governor has paused the senders until the secret changes';
const NOT_PAUSED = `No governor pauses the senders: a chunk is a dead letter after ${RECEIVES_MAX} refusals. Correct the secret, then redrive`;

/** What a look at memory, rate limits and credentials would find, if somebody looked all the time. */
export const addFlowAlarms = (scope: Construct, governor: Governor | undefined): Alarm[] => [
  credentialsRefused(scope, governor),
  memoryHigh(scope),
  rateLimited(scope),
  ...(governor ? [governorFailing(scope, governor)] : []),
];

const above = (scope: Construct, id: string, props: Omit<AlarmProps, 'comparisonOperator'>): Alarm =>
  new Alarm(scope, id, {
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    ...props,
  });

/** Paused senders refuse nothing any more: where there is a governor, it says so for as long as the pause lasts. */
const credentialsRefused = (scope: Construct, governor: Governor | undefined): Alarm =>
  above(scope, 'CredentialsRefused', {
    metric: governor
      ? governorMetric('GovernorPaused', { statistic: Stats.MAXIMUM })
      : senderMetric('CredentialsRefused'),
    threshold: 0,
    evaluationPeriods: 1,
    alarmDescription: `Mixpanel refuses the credentials. ${governor ? PAUSED : NOT_PAUSED}: docs/runbook.md#credentials-refused`,
  });

const memoryHigh = (scope: Construct): Alarm =>
  above(scope, 'MemoryHigh', {
    metric: senderMetric('PeakMemoryShare', { statistic: Stats.MAXIMUM }),
    threshold: MEMORY_PERCENT_MAX,
    evaluationPeriods: 5,
    datapointsToAlarm: 2,
    alarmDescription: `A sender has used more than ${MEMORY_PERCENT_MAX} % of its memory; the next may be killed. Lower \`highWater\` or \`requestsInFlight\`, or raise \`memory\`: docs/runbook.md#memory-high`,
  });

const rateLimited = (scope: Construct): Alarm =>
  above(scope, 'RateLimited', {
    metric: senderMetric('ThrottledShare', { period: FIVE_MINUTES, statistic: Stats.AVERAGE }),
    threshold: THROTTLED_PERCENT_MAX,
    evaluationPeriods: 3,
    alarmDescription: `Mixpanel has refused more than ${THROTTLED_PERCENT_MAX} % of the requests as too many for a quarter of an hour: docs/runbook.md#rate-limited`,
  });

const governorFailing = (scope: Construct, { governor }: Governor): Alarm =>
  above(scope, 'GovernorFailing', {
    metric: governor.function.metricErrors({ period: MINUTE }),
    threshold: 0,
    evaluationPeriods: 10,
    datapointsToAlarm: 5,
    alarmDescription:
      'The governor fails, so the number of senders stays as it is, and paused senders stay paused: docs/runbook.md#governor-failing',
  });
