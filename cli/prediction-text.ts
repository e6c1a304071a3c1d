import Table from 'cli-table3';
import type { Plan } from '../lib/tune/planner.ts';
import { dollarsText, durationText } from './plan-text.ts';
import type { Measurement, Prediction } from './prediction.ts';
import { count } from './report-text.ts';

/** A prediction beside what was measured, and what the same import would be on AWS. */
export const predictionText = ({ here, lambda }: Prediction, measured: Measurement): string => {
  const table = new Table({
    head: ['', 'events/s', 'seconds', 'MB per sender', 'requests'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'right', 'right', 'right', 'right'],
  });
  const predicted = measurementOfPlan(here);
  table.push(['predicted', ...valuesOf(predicted)], ['measured', ...valuesOf(measured)]);
  table.push([
    'off by',
    offBy(predicted.eventsPerSecond, measured.eventsPerSecond),
    offBy(predicted.seconds, measured.seconds),
    offBy(predicted.memoryMB, measured.memoryMB),
    offBy(predicted.requests, measured.requests),
  ]);
  const onAws = `On AWS: about ${durationText(lambda.seconds)} and ${dollarsText(lambda.cost.total)}, held back by ${lambda.bindingCap} (fanout plan tells more).`;
  return `${table.toString()}\n${onAws}`;
};

/** Of the whole import, its start included: what a measurement sees. */
const measurementOfPlan = ({ records, seconds, memory, requests }: Plan): Measurement => ({
  eventsPerSecond: records / seconds,
  seconds,
  memoryMB: memory.peakMB,
  requests,
});

const valuesOf = ({ eventsPerSecond, seconds, memoryMB, requests }: Measurement): string[] => [
  count(Math.round(eventsPerSecond)),
  seconds.toFixed(1),
  count(Math.round(memoryMB)),
  count(Math.round(requests)),
];

/** The prediction against the measurement, in percent: +20 % is predicted too high. */
const offBy = (predicted: number, measured: number): string => {
  if (measured === 0) return predicted === 0 ? '0 %' : '–';
  const percent = Math.round((predicted / measured - 1) * 100);
  return `${percent > 0 ? '+' : ''}${percent} %`;
};
