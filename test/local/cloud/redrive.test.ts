import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Report } from '../../../lib/ledger/report.ts';
import { type MixpanelSimulator, startMixpanelSimulator } from '../../../local/mixpanel/server.ts';
import { type Exit, runFanout } from '../../cli/run-fanout.ts';
import { outputsOf, STACK, startStacks } from '../../cli/stacks.ts';
import { eventIds, eventLines, jsonl } from './events.ts';
import { type ScratchCloud, startScratchCloud } from './scratch-cloud.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const RIGHT = { token: 'the-right-one' };
const EVENTS = 600;
/** Longer than a message that failed is put off. */
const STEP_MS = 301_000;
const LOOK_MS = 200;

let simulator: MixpanelSimulator;
let cloud: ScratchCloud;
let stacks: Awaited<ReturnType<typeof startStacks>>;
let failed: Report[];

beforeEach(async () => {
  simulator = await startMixpanelSimulator({ credentials: RIGHT });
  cloud = await startScratchCloud({
    endpoint: simulator.url,
    credentialsJson: JSON.stringify({ token: 'the-wrong-one' }),
    recipe: { tuning: { workers: 2, memory: 256, chunkBytes: 64 * 1024 } },
  });
  stacks = await startStacks(outputsOf(cloud.services.queues));
  failed = await cloud.importAll(await writeEvents('mine'), await writeEvents('theirs'));
  await untilBuried(failed.reduce((sum, { chunks }) => sum + chunks.failed, 0));
  cloud.replaceCredentials(JSON.stringify(RIGHT));
});
afterEach(async () => {
  vi.useRealTimers();
  await stacks.close();
  await cloud.close();
  await simulator.close();
});

const writeEvents = async (prefix: string): Promise<string> => {
  const path = join(cloud.folder, `${prefix}.jsonl`);
  const lines = eventLines(prefix, EVENTS, { note: 'x'.repeat(200) });
  await writeFile(path, jsonl([...lines, `{"event":"Cut ${prefix}`]));
  return path;
};

/** Lets the hours pass in which messages that fail each time come again: the queues are in this process. */
const untilBuried = async (chunks: number): Promise<void> => {
  vi.useFakeTimers({ toFake: ['Date'] });
  while ((await cloud.queues()).chunks.dead < chunks) {
    vi.setSystemTime(Date.now() + STEP_MS);
    await sleep(LOOK_MS);
  }
};

/** As for a deployed importer. The SQS server here has no StartMessageMoveTask, so the command moves messages itself. */
const redrive = (...importIds: string[]): Promise<Exit> =>
  runFanout('.', ['redrive', ...importIds, '--stack', STACK], {
    ...cloud.services.environment,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_CLOUDFORMATION: stacks.url,
  });

const untilComplete = async (importId: string): Promise<Report> => {
  for (;;) {
    const report = await cloud.report(importId);
    if (report?.state === 'complete') return report;
    await sleep(LOOK_MS);
  }
};

const expectWhole = ({ importId, chunks, records, failures }: Report, before: Report): void => {
  expect({ importId, chunks, records, failures }).toEqual({
    importId: before.importId,
    chunks: { total: before.chunks.total, done: before.chunks.total, failed: 0 },
    records: { read: EVENTS + 1, imported: EVENTS, rejected: 1, filtered: 0 },
    failures: [],
  });
};

it('completes every failed import with its dead letters, once what stopped them is mended', async () => {
  for (const { state, chunks } of failed) {
    expect({ state, total: chunks.total }).toEqual({ state: 'failed', total: chunks.failed });
    expect(chunks.failed).toBeGreaterThan(1);
  }
  expect(await redrive()).toMatchObject({ code: 0 });
  for (const before of failed) expectWhole(await untilComplete(before.importId), before);
  expect(simulator.insertIds()).toEqual(
    new Set([...eventIds('mine', EVENTS), ...eventIds('theirs', EVENTS)]),
  );
  expect((await cloud.queues()).chunks.dead).toBe(0);
});

it('completes one of them alone, and leaves the others for later', async () => {
  const [mine, theirs] = failed as [Report, Report];
  expect(await redrive(mine.importId)).toMatchObject({ code: 0 });
  expectWhole(await untilComplete(mine.importId), mine);
  expect(await cloud.report(theirs.importId)).toMatchObject({ state: 'failed', records: { read: 0 } });
  expect((await cloud.queues()).chunks.dead).toBe(theirs.chunks.failed);
  expect(simulator.insertIds()).toEqual(new Set(eventIds('mine', EVENTS)));
  expect(await redrive(theirs.importId)).toMatchObject({ code: 0 });
  expectWhole(await untilComplete(theirs.importId), theirs);
});
