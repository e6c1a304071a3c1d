import { ListObjectVersionsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it, vi } from 'vitest';
import type { ReplayRequest } from '../../cli/replay.ts';
import { replayDeployed } from '../../cli/replay-deployed.ts';
import type { WorkFiles } from '../../cli/work-files.ts';
import { reportKey } from '../../lib/ledger/store.ts';
import { importIdOf } from '../../lib/plan/import-id.ts';
import { parseNotification } from '../../lib/plan/notification.ts';
import { done, planned } from '../ledger/receipts.ts';
import { type Fleet, startFleet } from '../local/fleet.ts';
import { reportOf } from './deployed-importer.ts';

/** The object that the receipts of a test are about, in its two versions. */
const VERSION = { bucket: 'inbox', key: 'a.jsonl', versionId: 'v1', etag: 'e1-2' };
const LATER = { ...VERSION, versionId: 'v2', etag: 'e2' };
const ORIGINAL = importIdOf(VERSION);
/** The local object store keeps no versions. */
const s3 = new S3Client({ region: 'us-east-1' });
const s3Mock = mockClient(s3);
const listed = ({ key, versionId, etag }: typeof VERSION) => ({
  Key: key,
  VersionId: versionId,
  ETag: `"${etag}"`,
  Size: 9,
});

let printed = '';
beforeEach(() => {
  s3Mock.reset();
  printed = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
  return () => spy.mockRestore();
});

const workOf = (...importIds: string[]): WorkFiles => ({
  list: async function* () {},
  read: async (key) => (importIds.map(reportKey).includes(key) ? Buffer.from('{}') : undefined),
});

const requestOf = ({ sqs, queue }: Fleet, importId: string, work: WorkFiles): ReplayRequest => {
  const queues = { intake: queue, chunks: queue, receipts: queue };
  return {
    importer: {
      name: 'stack Test',
      work,
      shown: (report) => report,
      deployment: { s3, sqs, parts: { inboxBucket: 'inbox', queues } },
    },
    report: reportOf(importId, planned(1), done(0)),
    what: 'source',
    flags: { source: true, json: true },
    signal: new AbortController().signal,
  };
};

const notified = async ({ sqs, queue }: Fleet) => {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queue.url }));
  return parseNotification(Messages[0]!.Body!)[0]!;
};

it('has the splitter read the same version again, as an import with another id, and copies nothing', async () => {
  const fleet = await startFleet();
  s3Mock
    .on(ListObjectVersionsCommand)
    .resolvesOnce({ Versions: [listed(LATER)], NextKeyMarker: 'a.jsonl', NextVersionIdMarker: 'v2' })
    .resolvesOnce({ Versions: [listed(VERSION), { ...listed(VERSION), Key: 'a.jsonl.old' }] });
  expect(await replayDeployed(requestOf(fleet, ORIGINAL, workOf(ORIGINAL)))).toBe(0);
  const created = await notified(fleet);
  expect(created).toEqual({ ...VERSION, sequencer: undefined, replay: 1 });
  const importId = importIdOf({ ...VERSION, replay: 1 });
  expect(JSON.parse(printed)).toEqual({ version: 1, imports: [{ importId, uri: 's3://inbox/a.jsonl' }] });
  expect(s3Mock.commandCalls(PutObjectCommand)).toEqual([]);
});

it('counts on where that version was imported again before, also from one of the later imports', async () => {
  const fleet = await startFleet();
  s3Mock.on(ListObjectVersionsCommand).resolves({ Versions: [listed(LATER), listed(VERSION)] });
  const second = importIdOf({ ...VERSION, replay: 2 });
  const work = workOf(ORIGINAL, importIdOf({ ...VERSION, replay: 1 }), second);
  await replayDeployed(requestOf(fleet, second, work));
  expect(await notified(fleet)).toEqual({ ...VERSION, sequencer: undefined, replay: 3 });
});

it('says so when that version is not there any more', async () => {
  const fleet = await startFleet();
  const another = { ...listed(VERSION), Key: 'a.jsonl.old' };
  s3Mock.on(ListObjectVersionsCommand).resolves({ Versions: [listed(LATER), another] });
  await expect(replayDeployed(requestOf(fleet, ORIGINAL, workOf(ORIGINAL)))).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('is not there any more: drop the file again'),
  });
});
