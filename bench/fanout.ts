/**
 * How throughput grows with the number of requests under way, against answers after 200 ms: as senders with one
 * request each, and as two senders with several. Batches are so small that the CPU does not bind; then full ones, to
 * see where it does. `npm run bench -- fanout [--seconds N] [--json] [--append]`.
 * Exits 1 where a step with small batches is below 0.9 of linear while a quarter of a core was idle.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { RESPONSE_MS, runSpread, type Spread, type SpreadResult } from './fanout/run.ts';
import { lookForOthers } from './others.ts';
import { PUBLISH_OPTIONS, publish } from './publish.ts';

const REQUESTS = [2, 4, 8, 16];
const LINEAR_MIN = 0.9;
/** With less to spare the CPU binds. */
const IDLE_CORES_MIN = 0.25;

interface Series {
  readonly name: string;
  /** Its batches are too small for the CPU to bind. */
  readonly isJudged: boolean;
  readonly spreadOf: (requests: number) => Spread;
}

const SERIES: readonly Series[] = [
  {
    name: 'senders, 50 events a batch',
    isJudged: true,
    spreadOf: (requests) => ({ senders: requests, requestsInFlight: 1, recordsPerBatch: 50 }),
  },
  {
    name: 'in two senders, 50 events a batch',
    isJudged: true,
    spreadOf: (requests) => ({ senders: 2, requestsInFlight: requests / 2, recordsPerBatch: 50 }),
  },
  {
    name: 'senders, 2,000 events a batch',
    isJudged: false,
    spreadOf: (requests) => ({ senders: requests, requestsInFlight: 1, recordsPerBatch: 2_000 }),
  },
];

interface Step extends SpreadResult {
  readonly series: string;
  readonly isJudged: boolean;
  readonly requests: number;
  /** Times as fast as the first step of the series, for each request. */
  readonly ofLinear: number;
}

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' }, ...PUBLISH_OPTIONS } });

const main = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanout-fanout-'));
  const busyCores: number[] = [];
  const steps: Step[] = [];
  try {
    for (const { name, isJudged, spreadOf } of SERIES) {
      let perRequest: number | undefined;
      for (const requests of REQUESTS) {
        busyCores.push(await lookForOthers());
        const result = await runSpread({ ...spreadOf(requests), folder, seconds: Number(values.seconds) });
        perRequest ??= result.eventsPerSecond / requests;
        steps.push({
          ...result,
          series: name,
          isJudged,
          requests,
          ofLinear: result.eventsPerSecond / requests / perRequest,
        });
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await publish(publishedOf(steps), steps, { ...values, busyCores: Math.max(...busyCores) });
  if (!steps.every(isGood)) process.exitCode = 1;
};

const isBoundByCpu = ({ busyCores }: Step): boolean => busyCores > cpus().length - IDLE_CORES_MIN;

const isGood = (step: Step): boolean => !step.isJudged || step.ofLinear >= LINEAR_MIN || isBoundByCpu(step);

const publishedOf = (steps: readonly Step[]) => ({
  title: 'Fan-out',
  command: 'npm run bench -- fanout',
  method: `300 B events through the embedded cloud, gzip level 1, no quota; each request is answered ${RESPONSE_MS} ms after it was read. The rate is that of the middle half of the import, at the server. Linear is a multiple of two requests under way; "of 200 ms" is beside one answer after the other and nothing else. Busy cores are those of the machine, of ${cpus().length}: server, queues and object store share them.`,
  head: ['requests under way, as', 'requests', 'events/s', 'of linear', 'of 200 ms', 'busy cores', ''],
  rows: steps.map((step) => [
    step.series,
    String(step.requests),
    Math.round(step.eventsPerSecond).toLocaleString('en-US'),
    step.ofLinear.toFixed(2),
    (step.eventsPerSecond / step.idealPerSecond).toFixed(2),
    step.busyCores.toFixed(1),
    isBoundByCpu(step) ? 'the CPU binds' : '',
  ]),
  verdict: verdictOf(steps),
});

const verdictOf = (steps: readonly Step[]): string => {
  const judged = steps.filter(({ isJudged }) => isJudged);
  const linear = judged.filter(({ ofLinear }) => ofLinear >= LINEAR_MIN);
  const bound = steps.find((step) => isBoundByCpu(step));
  return [
    `${linear.length} of ${judged.length} steps with small batches are at least ${LINEAR_MIN} of linear.`,
    bound ? `The CPU binds first at ${bound.requests} ${bound.series}.` : 'The CPU never binds.',
  ].join(' ');
};

await main();
