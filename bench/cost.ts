/**
 * What a terabyte of 2 KB events costs but for egress, from CPU time measured and requests counted here: this product,
 * mixpanel-import on Fargate, and Step Functions Distributed Map. `npm run bench -- cost [--megabytes N] [--runs N]
 * [--json] [--append]`. Exits 1 where this product costs more than $3.
 */
import { parseArgs } from 'node:util';
import { parseRecipe } from '../lib/recipe/parse.ts';
import { lambdaMachine } from '../lib/tune/machine.ts';
import { planImport } from '../lib/tune/planner.ts';
import { PRICES_DATE } from '../lib/tune/prices.ts';
import { DEFAULT_QUOTA } from '../lib/tune/quota.ts';
import { type Calls, countCalls } from './cost/calls.ts';
import { dollarsOf, type Measured, type Way, waysOf } from './cost/ways.ts';
import { startCountingProcess } from './counting-process.ts';
import { lookForOthers } from './others.ts';
import { installPeer, runPeer } from './peer/run.ts';
import { medianOf, PUBLISH_OPTIONS, publish } from './publish.ts';
import { runSender } from './run-sender.ts';
import { forEachSize, type SizedFile } from './sizes.ts';

const USD_MAX = 3;
const TERABYTE = 1e12;
const EVENT_BYTES = 2_000;
/** Of a chunk: a tenth of a request sends its message, two take and delete it, and two its receipt. */
const QUEUE_REQUESTS_OF_LAMBDA = 4.1;
/** The splitter's look at the beginning of the file, which is once for all chunks. */
const GETS_OF_SPLITTER = 1;
const RATIO_AT_LEVEL_6 = 5;
const RESPONSE_MS = 200;

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '100' },
    runs: { type: 'string', default: '3' },
    ...PUBLISH_OPTIONS,
  },
});
const { tuning } = parseRecipe({});

const main = async (): Promise<void> => {
  await installPeer();
  const busyCores = await lookForOthers();
  let measured: Measured | undefined;
  await forEachSize({ bytes: Number(values.megabytes) * 1e6, only: ['medium'] }, async (file) => {
    measured = await measure(file);
  });
  const ways = [planned(), ...waysOf(measured!)];
  await publish(publishedOf(ways), { measured, ways }, { ...values, busyCores });
  if (ways.slice(0, 2).some((way) => dollarsOf(way) > USD_MAX)) process.exitCode = 1;
};

const plan = planImport({
  workload: {
    sources: 1,
    sourceBytes: TERABYTE,
    records: TERABYTE / EVENT_BYTES,
    recordBytes: EVENT_BYTES,
    ratioAtLevel6: RATIO_AT_LEVEL_6,
    isStaged: false,
  },
  tuning,
  machine: lambdaMachine(tuning.memory),
  quota: DEFAULT_QUOTA,
  responseMs: RESPONSE_MS,
});

const planned = (): Way => ({
  name: `mixpanel-fanout as planned: ${tuning.workers} senders, who also wait for the quota`,
  items: [
    { arithmetic: '`fanout plan --bytes 1TB --record-bytes 2000`', usd: plan.cost.total - plan.cost.egress },
  ],
});

const measure = async (file: SizedFile): Promise<Measured> => {
  const senderSeconds: number[] = [];
  const peerSeconds: number[] = [];
  let calls: Calls = { s3Gets: 0, s3Puts: 0, sqs: 0 };
  let chunks = 1;
  for (let run = 0; run < Number(values.runs); run++) {
    const server = await startCountingProcess();
    try {
      const recipe = { tuning: { compressionLevel: tuning.compressionLevel } };
      const [sent, counted] = await countCalls(() => runSender({ url: server.url, file: file.path, recipe }));
      senderSeconds.push(sent.cpuSeconds);
      chunks = sent.chunkCpuSeconds.length;
      calls = counted;
      const { compressionLevel: level } = tuning;
      const peer = await runPeer({ url: server.url, file: file.path, level, way: 'high-water' });
      peerSeconds.push(peer.cpuSeconds);
      const { events } = await server.counts();
      if (events !== 2 * file.events) throw new Error(`${events} of ${2 * file.events} events arrived.`);
    } finally {
      await server.close();
    }
  }
  return {
    events: plan.records,
    eventBytes: EVENT_BYTES,
    senderCpuSeconds: medianOf(senderSeconds) / file.events,
    peerCpuSeconds: medianOf(peerSeconds) / file.events,
    chunks: plan.chunks,
    // The ledger reads and writes the report at most once for each chunk.
    s3GetsPerChunk: (calls.s3Gets - GETS_OF_SPLITTER) / chunks + 1,
    s3PutsPerChunk: calls.s3Puts / chunks + 1,
    sqsRequestsPerChunk: calls.sqs / chunks + QUEUE_REQUESTS_OF_LAMBDA,
  };
};

const publishedOf = (ways: readonly Way[]) => ({
  title: 'Cost of a terabyte',
  command: 'npm run bench -- cost',
  method: `A terabyte of 2 KB events, gzip level ${tuning.compressionLevel}, all but egress, which is the same for all ($${plan.cost.egress.toFixed(2)} at ${RATIO_AT_LEVEL_6} : 1). CPU time of an event measured here with each program alone in a process, median of ${values.runs}; a vCPU is taken to be a core of this machine. Requests to S3 and SQS counted. List prices of us-east-1, ${PRICES_DATE}. Every row but the first is CPU and requests alone: nothing waits.`,
  head: ['way', 'arithmetic', 'dollars'],
  rows: ways.map((way) => [
    way.name,
    way.items.map(({ arithmetic, usd }) => `${arithmetic}: $${usd.toFixed(usd < 0.1 ? 4 : 2)}`).join('; '),
    `$${dollarsOf(way).toFixed(2)}`,
  ]),
  verdict: `All but egress costs $${dollarsOf(ways[0]!).toFixed(2)} as planned, of $${USD_MAX}.`,
});

await main();
