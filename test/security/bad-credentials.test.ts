import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import type { GovernorRun } from '../../lib/governor.ts';
import type { Report } from '../../lib/ledger/report.ts';
import { type MixpanelSimulator, startMixpanelSimulator } from '../../local/mixpanel/server.ts';
import { eventIds, eventLines, jsonl } from '../local/cloud/events.ts';
import { type ScratchCloud, startScratchCloud } from '../local/cloud/scratch-cloud.ts';
import { settings } from '../tune/governed-fleet.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const INTERVAL_MS = 250;
const TOKEN = 'right-token';
const ACCOUNT = { username: 'fan.ab12cd.mp', secret: 'right-secret', projectId: '4711' };

let simulator: MixpanelSimulator;
let cloud: ScratchCloud;
let runs: GovernorRun[];
afterEach(async () => {
  await cloud.close();
  await simulator.close();
});

const start = async (credentialsJson: string): Promise<void> => {
  runs = [];
  simulator = await startMixpanelSimulator({ credentials: { token: TOKEN, serviceAccounts: [ACCOUNT] } });
  cloud = await startScratchCloud({
    endpoint: simulator.url,
    backoffFirstMs: 1,
    credentialsJson,
    recipe: { tuning: { chunkBytes: 4 * 1024 } },
    governor: {
      settings: { ...settings, workersStart: 2, workersMax: 2 },
      intervalMs: INTERVAL_MS,
      onRun: (run) => runs.push(run),
    },
  });
};

const until = async <T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> => {
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await sleep(INTERVAL_MS);
  }
};

/** As a deploy leaves it. */
const EMPTY = '{"token":""}';

const account = (change: object): string =>
  JSON.stringify({ serviceAccount: ACCOUNT.username, secret: ACCOUNT.secret, projectId: '4711', ...change });

/** Drops a file whose chunks cannot be sent. @returns its report when the governor has paused */
const dropUntilPaused = async (): Promise<Report> => {
  const path = join(cloud.folder, 'events.jsonl');
  await writeFile(path, jsonl(eventLines('kept', 600)));
  const { importId } = await cloud.drop(path);
  const paused = await until(() => runs.find(({ isPaused }) => isPaused));
  expect(paused.decision.kind).toBe('pause');
  return until(async () => {
    const report = await cloud.report(importId);
    return report && report.failures.length > 0 ? report : undefined;
  });
};

it.each([
  ['the secret as a deploy leaves it', EMPTY, 'CREDENTIALS_INVALID', 'is empty; put the credentials in'],
  ['a secret that is no JSON', TOKEN, 'CREDENTIALS_INVALID', 'the secret must be {"token": "..."}'],
  ['a wrong token', '{"token":"wrong-token"}', 'API_UNAUTHORIZED', 'Check the token'],
  ['the token of another region', '{"token":"eu-token"}', 'API_UNAUTHORIZED', 'destination.region'],
  ['an account that has expired', account({ secret: 'old-secret' }), 'API_UNAUTHORIZED', 'its expiry'],
  ['an account of another project', account({ projectId: '4712' }), 'API_UNAUTHORIZED', 'its project'],
])('says what to do about %s, and pauses the senders', async (_, credentialsJson, code, fix) => {
  await start(credentialsJson);
  const { failures, chunks } = await dropUntilPaused();
  expect(new Set(failures.map((failure) => failure.code))).toEqual(new Set([code]));
  expect(failures[0]!.message).toContain(fix);
  expect(chunks.done).toBe(0);
  expect(simulator.insertIds().size).toBe(0);
});

it('has lost nothing by the time the secret is filled', async () => {
  await start(EMPTY);
  const { importId } = await dropUntilPaused();
  cloud.replaceCredentials(account({}));
  const report = await until(async () => {
    const seen = await cloud.report(importId);
    return seen?.state === 'complete' ? seen : undefined;
  });
  expect(report.records).toMatchObject({ read: 600, imported: 600 });
  expect(report.failures).toEqual([]);
  expect(simulator.insertIds()).toEqual(new Set(eventIds('kept', 600)));
});
