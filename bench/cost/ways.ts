import { PRICES } from '../../lib/tune/prices.ts';
import { LAMBDA_VCPU_SECOND_USD, OTHER_PRICES } from './prices.ts';

const SECONDS_PER_HOUR = 3_600;
/** The least that Fargate gives with one vCPU. */
const FARGATE_GB_PER_VCPU = 2;
/** What Step Functions passes to a child at most. */
const CHILD_INPUT_BYTES = 256 * 1024;
/** Into the child's one task, and to its end. */
const TRANSITIONS_PER_CHILD = 2;

/** The ledger folds a receipt or more at once, in so many seconds of 512 MB, as plans assume. */
const FOLD_SECONDS = 0.2;
const FOLD_GB = 0.5;

/** What was measured on one machine in one run, and what is to be imported. */
export interface Measured {
  readonly events: number;
  readonly eventBytes: number;
  /** CPU-seconds of an event. */
  readonly senderCpuSeconds: number;
  readonly peerCpuSeconds: number;
  readonly chunks: number;
  /** Of a chunk, counted: by splitter, sender and ledger, and by the poller that takes and deletes messages. */
  readonly s3GetsPerChunk: number;
  readonly s3PutsPerChunk: number;
  readonly sqsRequestsPerChunk: number;
}

/** A way to import, with its dollars by what is paid for; egress is the same for all. */
export interface Way {
  readonly name: string;
  readonly items: readonly { readonly arithmetic: string; readonly usd: number }[];
}

export const waysOf = (measured: Measured): Way[] => [
  { name: 'mixpanel-fanout', items: [lambdaCpu(measured, measured.senderCpuSeconds), ...callsOf(measured)] },
  { name: 'mixpanel-import on Fargate, as many tasks as you like', items: fargate(measured) },
  {
    name: 'Step Functions Distributed Map over the lines, mixpanel-import in Lambda',
    items: [
      lambdaCpu(measured, measured.peerCpuSeconds),
      ...perChild(Math.ceil(measured.events / eventsPerChild(measured))),
    ],
  },
  {
    name: 'Step Functions Distributed Map over ranges, the sender of mixpanel-fanout in Lambda',
    items: [lambdaCpu(measured, measured.senderCpuSeconds), ...perChild(measured.chunks)],
  },
];

export const dollarsOf = ({ items }: Way): number => items.reduce((sum, { usd }) => sum + usd, 0);

const lambdaCpu = ({ events }: Measured, cpuSeconds: number) => ({
  arithmetic: `Lambda: ${count(events)} events × ${micros(cpuSeconds)} µs × $${LAMBDA_VCPU_SECOND_USD.toFixed(7)} a vCPU-second`,
  usd: events * cpuSeconds * LAMBDA_VCPU_SECOND_USD,
});

const callsOf = ({ chunks, s3GetsPerChunk, s3PutsPerChunk, sqsRequestsPerChunk }: Measured) => [
  priced('folds of 0.1 GB-seconds', chunks, {
    usd: FOLD_SECONDS * FOLD_GB * PRICES.lambdaDuration.usd,
    quantity: 1,
  }),
  priced('Lambda requests', 2 * chunks, PRICES.lambdaRequest),
  priced('S3 GET', chunks * s3GetsPerChunk, PRICES.s3Get),
  priced('S3 PUT', chunks * s3PutsPerChunk, PRICES.s3Put),
  priced('SQS requests', chunks * sqsRequestsPerChunk, PRICES.sqsRequest),
];

const fargate = ({ events, peerCpuSeconds }: Measured) => {
  const hours = (events * peerCpuSeconds) / SECONDS_PER_HOUR;
  const { fargateVcpu, fargateGB } = OTHER_PRICES;
  const perHour = fargateVcpu.usd + FARGATE_GB_PER_VCPU * fargateGB.usd;
  return [
    {
      arithmetic: `${count(events)} events × ${micros(peerCpuSeconds)} µs = ${hours.toFixed(1)} vCPU-hours × $${perHour.toFixed(4)} with ${FARGATE_GB_PER_VCPU} GB`,
      usd: hours * perHour,
    },
  ];
};

/** Children of one task that is a Lambda function. */
const perChild = (children: number) => [
  priced('Lambda requests', children, PRICES.lambdaRequest),
  priced('state transitions', children * TRANSITIONS_PER_CHILD, { ...OTHER_PRICES.transition, quantity: 1 }),
];

const eventsPerChild = ({ eventBytes }: Measured): number =>
  Math.max(1, Math.floor(CHILD_INPUT_BYTES / eventBytes));

const priced = (
  what: string,
  units: number,
  { usd, quantity }: { readonly usd: number; readonly quantity: number },
) => ({ arithmetic: `${count(units)} ${what}`, usd: (units / quantity) * usd });

const count = (value: number): string => Math.round(value).toLocaleString('en-US');

const micros = (seconds: number): string => (seconds * 1e6).toFixed(0);
