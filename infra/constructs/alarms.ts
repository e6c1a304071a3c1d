import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { addFlowAlarms } from './flow-alarms.ts';
import type { MonitoringProps } from './monitoring.ts';

const OLDEST_CHUNK = Duration.hours(6);
const MINUTE = Duration.minutes(1);

/** Every alarm names its entry in docs/runbook.md; an idle queue publishes no metrics, so missing data is no breach. */
export const addAlarms = (
  scope: Construct,
  { intake, fanOut, ledger, governor }: MonitoringProps,
): Alarm[] => [
  deadLetters(scope, 'IntakeDeadLetters', intake.intake.deadLetterQueue, {
    what: 'A file dropped into the Inbox could not be split, and none or only a part of it is being imported.',
    entry: 'intake-dead-letters',
  }),
  deadLetters(scope, 'ChunksDeadLetters', fanOut.chunks.deadLetterQueue, {
    what: 'A chunk could not be sent, and its records are not in Mixpanel.',
    entry: 'chunks-dead-letters',
  }),
  deadLetters(scope, 'ReceiptsDeadLetters', ledger.receipts.deadLetterQueue, {
    what: 'A receipt could not be folded into its report, which stays at "running". The records themselves were sent.',
    entry: 'receipts-dead-letters',
  }),
  oldestChunk(scope, fanOut.chunks.queue),
  ...addFlowAlarms(scope, governor),
];

const deadLetters = (scope: Construct, id: string, queue: Queue, text: { what: string; entry: string }) =>
  new Alarm(scope, id, {
    // Messages that a redrive policy moves are not counted as sent: only the depth shows them.
    metric: queue.metricApproximateNumberOfMessagesVisible({ period: MINUTE, statistic: Stats.MAXIMUM }),
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: 1,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription: `${text.what} Find the cause in the log of the function, mend it, then redrive the messages: docs/runbook.md#${text.entry}`,
  });

const oldestChunk = (scope: Construct, queue: Queue) =>
  new Alarm(scope, 'OldestChunk', {
    metric: queue.metricApproximateAgeOfOldestMessage({ period: MINUTE, statistic: Stats.MAXIMUM }),
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: OLDEST_CHUNK.toSeconds(),
    evaluationPeriods: 5,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription: `A chunk has waited for more than ${OLDEST_CHUNK.toHours()} hours. See whether senders run and what Mixpanel answers, then raise \`workers\` or wait for the quota: docs/runbook.md#oldest-chunk`,
  });
