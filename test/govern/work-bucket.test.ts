import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listRunningImports } from '../../lib/govern/running-imports.ts';
import { createStateStore } from '../../lib/govern/state-store.ts';
import { createReportStore } from '../../lib/ledger/store.ts';
import { startGovernor } from '../../lib/tune/governor-state.ts';
import { type ObjectStore, startObjectStore } from '../../local/s3/server.ts';
import { done, planned } from '../ledger/receipts.ts';

const BUCKET = 'work';
let folder: string;
let store: ObjectStore;
let s3: S3Client;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fanout-govern-'));
  store = await startObjectStore({ folders: [{ bucket: BUCKET, folder }] });
  s3 = new S3Client({
    endpoint: store.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});
afterAll(async () => {
  s3.destroy();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the state of the governor', () => {
  it('begins anew where there is none, and is written by one of two runs at a time', async () => {
    const states = createStateStore(s3, BUCKET);
    const { state, version } = await states.load();
    expect([state, version]).toEqual([startGovernor(), undefined]);
    const first = { ...state, changedAtMs: 1 };
    expect(await states.save(first, version)).toBe(true);
    expect(await states.save({ ...state, changedAtMs: 2 }, version)).toBe(false);
    const second = await states.load();
    expect(second.state).toEqual(first);
    expect(await states.save({ ...first, changedAtMs: 3 }, second.version)).toBe(true);
    expect(await states.save({ ...first, changedAtMs: 4 }, second.version)).toBe(false);
    expect((await states.load()).state.changedAtMs).toBe(3);
  });
});

describe('listRunningImports', () => {
  it('finds imports that are running and had news lately', async () => {
    const reports = createReportStore(s3, BUCKET);
    await reports.fold('import-1', [planned(2), done(0)]);
    await reports.fold('import-2', [{ ...planned(0), importId: 'import-2' }]);
    const running = async (nowMs: number) =>
      (await listRunningImports({ s3, bucket: BUCKET, reports }, nowMs)).map(({ importId }) => importId);
    expect(await running(Date.now())).toEqual(['import-1']);
    expect(await running(Date.now() + 11 * 60_000)).toEqual([]);
  });
});
