import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import type { GovernorRun } from '../../../lib/governor.ts';
import { type MixpanelSimulator, startMixpanelSimulator } from '../../../local/mixpanel/server.ts';
import { settings } from '../../tune/governed-fleet.ts';
import { eventIds, eventLines, jsonl } from './events.ts';
import { type ScratchCloud, startScratchCloud } from './scratch-cloud.ts';

const TOKEN = 'right-token';
const INTERVAL_MS = 250;
/** The first answers are late: an import has a report before the governor has anything to change. */
const FIRST_ANSWERS = { kind: 'slow', delayMs: 5_000 } as const;
const secret = (token: string): string => JSON.stringify({ token });

let simulator: MixpanelSimulator;
let cloud: ScratchCloud;
let runs: GovernorRun[];

const start = async (credentialsJson: string): Promise<void> => {
  runs = [];
  simulator = await startMixpanelSimulator({
    credentials: { token: TOKEN },
    faults: [FIRST_ANSWERS, FIRST_ANSWERS],
  });
  cloud = await startScratchCloud({
    endpoint: simulator.url,
    backoffFirstMs: 1,
    credentialsJson,
    recipe: { tuning: { chunkBytes: 4 * 1024 } },
    governor: {
      settings: { ...settings, workersStart: 2, workersMax: 4 },
      intervalMs: INTERVAL_MS,
      onRun: (run) => runs.push(run),
    },
  });
};
afterEach(async () => {
  await cloud.close();
  await simulator.close();
});

const writeEvents = async (count: number): Promise<string> => {
  const path = join(cloud.folder, 'events.jsonl');
  await writeFile(path, jsonl(eventLines('governed', count)));
  return path;
};

const changes = (): GovernorRun[] => runs.filter(({ decision }) => decision.kind !== 'hold');

it('adds senders while chunks wait, up to the most allowed, and the report says so', async () => {
  await start(secret(TOKEN));
  const { state, records, importId } = await cloud.importOne(await writeEvents(4_000));
  expect([state, records.imported]).toEqual(['complete', 4_000]);
  expect(simulator.insertIds()).toEqual(new Set(eventIds('governed', 4_000)));
  expect(changes()[0]!.decision).toMatchObject({ kind: 'set', workers: 4 });
  expect(cloud.stats('sender').concurrencyPeak).toBe(4);
  const told = { from: 2, to: 4, reason: changes()[0]!.decision.reason };
  // Told through a queue, so it may come after the last chunk.
  await vi.waitFor(async () => expect((await cloud.report(importId))!.governor).toMatchObject([told]), {
    timeout: 20_000,
  });
});

it('pauses while the credentials are refused, and goes on when the secret was changed', async () => {
  await start(secret('wrong-token'));
  const { importId } = await cloud.drop(await writeEvents(3_000));
  while (changes().length === 0) await sleep(INTERVAL_MS);
  expect(changes()[0]!.decision.kind).toBe('pause');
  const before = simulator.insertIds().size;
  expect(before).toBe(0);
  cloud.replaceCredentials(secret(TOKEN));
  while ((await cloud.report(importId))?.state !== 'complete') await sleep(INTERVAL_MS);
  expect(simulator.insertIds()).toEqual(new Set(eventIds('governed', 3_000)));
  expect(changes()[1]!.decision.kind).toBe('resume');
  expect((await cloud.report(importId))!.governor.slice(0, 2)).toMatchObject([
    { from: 2, to: 0 },
    { from: 0, to: 2 },
  ]);
});
