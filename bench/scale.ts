/**
 * Whether cost grows with size alone: a terabyte planned before a simulated S3 and SQS, receipts of a hundred thousand
 * chunks folded, and an event of a large file beside one of a small file. `npm run bench -- scale
 * [plan|receipts|import]... [--megabytes N] [--gigabytes N] [--json] [--append]`; the import takes most of the time, ten
 * gigabytes some seven minutes and as much disk. Exits 1 where cost grows.
 */
import { parseArgs } from 'node:util';
import { lookForOthers } from './others.ts';
import { PUBLISH_OPTIONS, type Published, publish } from './publish.ts';
import { IMPORT_HEAD, importRow, importSizes, totalOf } from './scale/imports.ts';
import { CLOUD_RESPONSE_MS, isPlanGood, PLAN_HEAD, planRow, planSizes } from './scale/plans.ts';
import { foldImports, RECEIPTS_HEAD, receiptsRow } from './scale/receipts.ts';

const RATIO_MAX = 1.05;
/** CPU of few receipts is told to a tenth. */
const RECEIPTS_RATIO_MAX = 1.2;
/** What the ledger is given when it is busy. */
const TOGETHER = 500;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    megabytes: { type: 'string', default: '100' },
    gigabytes: { type: 'string', default: '10' },
    ...PUBLISH_OPTIONS,
  },
});

interface Part {
  readonly published: Omit<Published, 'command'>;
  readonly results: unknown;
  readonly isGood: boolean;
}

const plan = async (): Promise<Part> => {
  const results = await planSizes();
  const last = results.at(-1)!;
  const isGood = isPlanGood(results);
  return {
    results,
    isGood,
    published: {
      title: 'A terabyte planned',
      method: `The bundle of the splitter with 512 MB and the default recipe, before a simulated S3 and SQS in another process that answer after ${CLOUD_RESPONSE_MS} ms. The requests are real, the objects are not.`,
      head: PLAN_HEAD,
      rows: results.map(planRow),
      verdict: `A terabyte is planned in ${last.seconds.toFixed(1)} s, ${last.cpuSeconds.toFixed(1)} of them CPU, nearly all of it for sending the messages. What is read of the source ${isGood ? 'is the same for each size' : 'GROWS WITH IT'}.`,
    },
  };
};

const receipts = async (): Promise<Part> => {
  const results = await foldImports(TOGETHER);
  const ratio = results.at(-1)!.cpuMicrosEach / results[0]!.cpuMicrosEach;
  return {
    results,
    isGood: ratio <= RECEIPTS_RATIO_MAX,
    published: {
      title: 'Receipts of many chunks',
      method: `The bundle of the ledger with 256 MB, ${TOGETHER} receipts at once, reports in a simulated S3. CPU of its process.`,
      head: RECEIPTS_HEAD,
      rows: results.map(receiptsRow),
      verdict: `A receipt of 100,000 chunks costs ${ratio.toFixed(2)} times one of 1,000. Bytes grow with the bitmap of finished chunks, a bit for each; requests, which are paid for, do not.`,
    },
  };
};

const imports = async (): Promise<Part> => {
  const results = await importSizes([Number(values.megabytes) * 1e6, Number(values.gigabytes) * 1e9]);
  const [small, large] = results as [(typeof results)[0], (typeof results)[0]];
  const ratio = totalOf(large) / totalOf(small);
  const requestsRatio = large.requestsEach / small.requestsEach;
  return {
    results,
    isGood: ratio <= RATIO_MAX && requestsRatio <= RATIO_MAX,
    published: {
      title: 'An event of a large file',
      method:
        'Files of 2 KB events through the embedded cloud: two senders with 512 MB, gzip level 1, no quota, answers at once. CPU of all processes of a function, their start included.',
      head: IMPORT_HEAD,
      rows: results.map(importRow),
      verdict: `An event of the large file costs ${ratio.toFixed(2)} times the CPU of one of the small file, and ${requestsRatio.toFixed(2)} times the requests.`,
    },
  };
};

const PARTS: Readonly<Record<string, () => Promise<Part>>> = { plan, receipts, import: imports };

const unknown = positionals.find((name) => !Object.hasOwn(PARTS, name));
if (unknown !== undefined)
  throw new Error(`There is no part "${unknown}": ${Object.keys(PARTS).join(', ')}.`);
for (const [name, run] of Object.entries(PARTS)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const busyCores = await lookForOthers();
  const { published, results, isGood } = await run();
  const command = `npm run bench -- scale ${name}`;
  await publish({ ...published, command }, results, { ...values, busyCores });
  if (!isGood) process.exitCode = 1;
}
