import { Duration, Stack } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { flowWidgets } from './flow-widgets.ts';
import type { MonitoringProps } from './monitoring.ts';
import type { PipelineFunction } from './pipeline-function.ts';
import type { RedrivenQueue } from './redriven-queue.ts';

const WIDTH = 12;
const peak = { period: Duration.minutes(1), statistic: Stats.MAXIMUM };
const total = { period: Duration.minutes(1), statistic: Stats.SUM };

/** The pipeline from left to right, backlog above and work below. @returns the dashboard's address in the console */
export const addDashboard = (scope: Construct, props: MonitoringProps, alarms: Alarm[]): string => {
  const { intake, fanOut, ledger, quota } = props;
  const dashboard = new Dashboard(scope, 'Dashboard', {
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms', alarms, width: 2 * WIDTH, height: 3 })],
      [
        graph('Files waiting', backlog(intake.intake)),
        graph('Chunks waiting and in work', backlog(fanOut.chunks)),
      ],
      [
        graph('Oldest chunk (seconds)', [fanOut.chunks.queue.metricApproximateAgeOfOldestMessage(peak)]),
        graph('Receipts waiting', backlog(ledger.receipts)),
      ],
      [
        graph('Senders at once', [fanOut.sender.function.metric('ConcurrentExecutions', peak)]),
        graph('Sender duration (ms)', [fanOut.sender.function.metricDuration(peak)]),
      ],
      [
        graph('Failed invocations', eachFunction(props, 'Errors')),
        graph('Throttled invocations', eachFunction(props, 'Throttles')),
      ],
      ...flowWidgets(quota),
    ],
  });
  return consoleUrl(Stack.of(scope), dashboard.dashboardName);
};

const graph = (title: string, left: IMetric[]) =>
  new GraphWidget({ title, left, width: WIDTH, leftYAxis: { min: 0, showUnits: false } });

const backlog = ({ queue, deadLetterQueue }: RedrivenQueue): IMetric[] => [
  queue.metricApproximateNumberOfMessagesVisible({ ...peak, label: 'waiting' }),
  queue.metricApproximateNumberOfMessagesNotVisible({ ...peak, label: 'in work' }),
  deadLetterQueue.metricApproximateNumberOfMessagesVisible({ ...peak, label: 'dead letters' }),
];

const eachFunction = (
  { intake, fanOut, ledger, governor }: MonitoringProps,
  metricName: string,
): IMetric[] => {
  const functions: Record<string, PipelineFunction> = {
    splitter: intake.splitter,
    sender: fanOut.sender,
    ledger: ledger.ledger,
    ...(governor && { governor: governor.governor }),
  };
  return Object.entries(functions).map(([label, { function: lambda }]) =>
    lambda.metric(metricName, { ...total, label }),
  );
};

const consoleUrl = ({ region }: Stack, dashboardName: string): string =>
  `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`;
