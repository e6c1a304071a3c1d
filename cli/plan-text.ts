import { styleText } from 'node:util';
import Table from 'cli-table3';
import { CAPS } from '../lib/tune/caps.ts';
import type { Cost } from '../lib/tune/cost.ts';
import type { Plan, PlanOptions } from '../lib/tune/planner.ts';
import { PRICES_DATE, PRICES_REGION, priceList } from '../lib/tune/prices.ts';
import type { WhatIf } from '../lib/tune/what-if.ts';
import { count, size } from './report-text.ts';

const COST_NAMES: Readonly<Record<Exclude<keyof Cost, 'total'>, string>> = {
  lambdaDuration: 'Lambda duration',
  lambdaRequests: 'Lambda requests',
  sqs: 'SQS',
  s3Requests: 'S3 requests',
  s3Storage: 'S3 storage (staged chunks)',
  egress: 'egress',
};

const NOTES = [
  `Prices of ${PRICES_REGION}, ${PRICES_DATE} (--prices shows them); what is free each month is not taken off, and logs,`,
  'metrics and the secret are not counted. Speeds are assumptions about Lambda: expect a quarter more or less.',
];

/** A plan for people. Colours only where the stream has them. */
export const planText = (
  options: PlanOptions,
  plan: Plan,
  changes: readonly WhatIf[],
  stream: NodeJS.WriteStream,
): string => {
  const title = (text: string): string => styleText('bold', text, { stream });
  return [
    title(`${size(options.workload.sourceBytes)}, ${count(plan.records)} records: ${knobsText(options)}`),
    planTable(options, plan),
    '',
    title('Cost'),
    costTable(plan.cost),
    '',
    title('What if'),
    whatIfTable(plan, changes),
    ...NOTES,
  ].join('\n');
};

/** The table of prices, for people. */
export const pricesText = (): string => {
  const table = newTable(['what', 'price', 'per', 'source']);
  for (const { what, usd, quantity, unit, source } of priceList()) {
    table.push([what, `$${usd}`, `${quantity === 1 ? '' : `${count(quantity)} `}${unit}`, source]);
  }
  return [`${PRICES_REGION}, ${PRICES_DATE}`, table.toString()].join('\n');
};

export const durationText = (seconds: number): string => {
  if (seconds < 100) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${(seconds / 3_600).toFixed(1)} h`;
};

export const dollarsText = (dollars: number): string => {
  if (dollars === 0) return '–';
  if (dollars < 0.0001) return 'under $0.0001';
  return `$${dollars < 0.1 ? dollars.toFixed(4) : dollars.toFixed(2)}`;
};

const newTable = (head: string[] = []) =>
  new Table({ head, style: { head: [], border: [], compact: true }, wordWrap: true });

const knobsText = ({ tuning, responseMs }: PlanOptions): string =>
  `${tuning.workers} workers of ${tuning.memory} MB, ${tuning.requestsInFlight} requests in flight, answers after ${responseMs} ms`;

const planTable = ({ workload }: PlanOptions, plan: Plan): string => {
  const table = newTable();
  const { memory, calls } = plan;
  table.push(
    ['throughput', `${count(Math.round(plan.eventsPerSecond))} events/s`],
    ['held back by', `${CAPS[plan.bindingCap].what}; ${CAPS[plan.bindingCap].turn}`],
    ['each cap alone', capsText(plan)],
    ['duration', durationText(plan.seconds)],
    [
      'memory',
      `${Math.round(memory.peakMB)} MB of ${memory.budgetMB} MB per sender${memory.fits ? '' : ': too much, raise memory'}, ${memory.slots} batches under way`,
    ],
    [
      'bandwidth',
      `${size(plan.bandwidthBytesPerSecond)}/s out, ${size(plan.sentBytes)} in all (${plan.compressionRatio.toFixed(1)} : 1)`,
    ],
    [
      'requests',
      `${count(plan.requests)} of up to ${count(plan.recordsPerBatch)} records, ${size(plan.batchBytes)}`,
    ],
    ['chunks', `${count(plan.chunks)} of ${size(plan.chunkBytes)}${workload.isStaged ? ', staged' : ''}`],
    ['messages', `${count(calls.messages)} in ${count(calls.sqsRequests)} SQS requests`],
  );
  return table.toString();
};

const capsText = ({ caps }: Plan): string =>
  Object.entries(caps)
    .sort(([, a], [, b]) => a - b)
    .map(([cap, eventsPerSecond]) => `${cap} ${count(Math.round(eventsPerSecond))}`)
    .join(', ');

const costTable = ({ total, ...items }: Cost): string => {
  const table = newTable();
  for (const [item, dollars] of Object.entries(items) as [keyof typeof COST_NAMES, number][]) {
    table.push([COST_NAMES[item], dollarsText(dollars)]);
  }
  table.push(['total', dollarsText(total)]);
  return table.toString();
};

const whatIfTable = (plan: Plan, changes: readonly WhatIf[]): string => {
  const table = newTable(['change', 'events/s', 'held back by', 'duration', 'memory', 'cost']);
  for (const { change, plan: each } of [{ change: 'as planned', plan }, ...changes]) {
    table.push([
      change,
      count(Math.round(each.eventsPerSecond)),
      each.bindingCap,
      durationText(each.seconds),
      `${Math.round(each.memory.peakMB)} MB`,
      dollarsText(each.cost.total),
    ]);
  }
  return table.toString();
};
