import './node-under-clock.ts';
import { parentPort, workerData } from 'node:worker_threads';
import { runSeed } from './run.ts';

/** One thread's share of the seeds. */
const { first, step, end }: { first: number; step: number; end: number } = workerData;
for (let seed = first; seed < end; seed += step) parentPort?.postMessage(await runSeed(seed));
