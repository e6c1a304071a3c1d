import { GraphWidget, type IMetric, type IWidget, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { GovernorSettings } from '../../lib/tune/governor-state.ts';
import { governorMetric, senderMetric } from './measured.ts';

const WIDTH = 12;
const PER_MINUTE = 60;
const highest = { statistic: Stats.MAXIMUM };

type Quota = Pick<GovernorSettings, 'eventsPerSecondMax' | 'bytesPerMinuteMax'>;

/** The symptoms to tune by, a graph each: throughput, memory, refusals, choppiness; and what the governor makes of them. */
export const flowWidgets = (quota: Quota): IWidget[][] => [
  [
    graph('Records per second', [perSecond()], {
      label: 'quota',
      value: quota.eventsPerSecondMax,
    }),
    graph('Bytes per minute, before compression', [senderMetric('BytesUncompressed')], {
      label: 'quota',
      value: quota.bytesPerMinuteMax,
    }),
  ],
  [
    graph('Memory (%)', [
      senderMetric('PeakMemoryShare', { ...highest, label: 'memory, highest' }),
      senderMetric('HeapShare', { ...highest, label: 'heap, highest' }),
    ]),
    graph('Requests refused as too many (%)', [
      senderMetric('ThrottledShare', { statistic: Stats.AVERAGE, label: 'average' }),
      senderMetric('ThrottledShare', { ...highest, label: 'highest' }),
    ]),
  ],
  [
    graph('Waiting for the source (%)', [
      senderMetric('SourceWaitShare', { statistic: Stats.AVERAGE, label: 'average' }),
      senderMetric('SourceWaitShare', { ...highest, label: 'highest' }),
      senderMetric('ChoppyShare', { statistic: Stats.AVERAGE, label: 'lost by a choppy flow' }),
    ]),
    graph('Senders, as the governor sets them', [
      governorMetric('GovernorWorkers', { ...highest, label: 'senders' }),
      governorMetric('GovernorChanges', { label: 'changes' }),
    ]),
  ],
];

const perSecond = (): IMetric =>
  new MathExpression({
    expression: `imported / ${PER_MINUTE}`,
    label: 'imported',
    usingMetrics: { imported: senderMetric('RecordsImported') },
    period: senderMetric('RecordsImported').period,
  });

const graph = (title: string, left: IMetric[], bound?: { label: string; value: number }): GraphWidget =>
  new GraphWidget({
    title,
    left,
    width: WIDTH,
    leftYAxis: { min: 0, showUnits: false },
    ...(bound && { leftAnnotations: [bound] }),
  });
