import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { importIdOf } from '../../lib/plan/import-id.ts';
import { createdNotification } from '../../local/cloud/notification.ts';
import { chunkMessage } from '../chunk-message.ts';
import { done, failed, planned } from '../ledger/receipts.ts';
import { type DeployedImporter, reportOf, STACK, startDeployedImporter } from './deployed-importer.ts';
import { type Exit, runFanout } from './run-fanout.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const object = { bucket: 'inbox', key: 'a.jsonl', etag: 'e1', sequencer: '01', sizeBytes: 3 };
const notification = createdNotification(object);
const fromIntake = importIdOf(object);
const chunkOf = (importId: string, chunk: number): string =>
  JSON.stringify({ ...chunkMessage(3), importId, chunk });

let importer: DeployedImporter;
beforeEach(async () => {
  importer = await startDeployedImporter();
  const { queues, send } = importer;
  await importer.putReport(reportOf('mine-1', planned(3), done(0), failed(1), failed(2)));
  await send(queues.intake.deadLetterUrl, notification);
  await send(queues.chunks.deadLetterUrl, chunkOf('mine-1', 1), chunkOf('theirs-2', 0), chunkOf('mine-1', 2));
  await send(queues.receipts.deadLetterUrl, JSON.stringify(done(0)), 'not JSON');
});
afterEach(() => importer.close());

const redrive = (...args: string[]): Promise<Exit> =>
  runFanout('.', ['redrive', '--stack', STACK, ...args], importer.environment);

const depths = async (): Promise<Record<string, readonly [number, number]>> => {
  const entries = Object.entries(importer.queues).map(async ([name, { url, deadLetterUrl }]) => [
    name,
    [await importer.depth(url), await importer.depth(deadLetterUrl)],
  ]);
  return Object.fromEntries(await Promise.all(entries));
};

it('puts every dead letter back into its queue', async () => {
  const { code, stderr } = await redrive();
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/chunks +│ 3 /) });
  expect(await depths()).toEqual({ intake: [1, 0], chunks: [3, 0], receipts: [2, 0] });
  const { Messages = [] } = await importer.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: importer.queues.intake.url }),
  );
  expect(Messages[0]!.Body).toBe(notification);
  expect((await redrive()).stderr).toContain('There were no dead letters to put back.');
});

it('puts back those of one import, and leaves the others where they are', async () => {
  const { code, stdout } = await redrive('mine-1', '--json');
  expect({ code, printed: JSON.parse(stdout) }).toEqual({
    code: 0,
    printed: {
      version: 1,
      queues: [
        { queue: 'intake', moved: 0, putBack: 1, isWhole: true },
        { queue: 'chunks', moved: 2, putBack: 1, isWhole: true },
        { queue: 'receipts', moved: 0, putBack: 2, isWhole: true },
      ],
    },
  });
  expect(await depths()).toEqual({ intake: [0, 1], chunks: [2, 1], receipts: [0, 2] });
});

it('finds the notification of an import that has no report yet', async () => {
  expect((await redrive(fromIntake)).code).toBe(0);
  expect(await depths()).toEqual({ intake: [1, 0], chunks: [0, 3], receipts: [0, 2] });
});

it('touches only the queue that is named', async () => {
  expect((await redrive('--queue', 'receipts')).code).toBe(0);
  expect(await depths()).toEqual({ intake: [0, 1], chunks: [0, 3], receipts: [2, 0] });
});

it.each([
  [['mine-2'], 'There is no import mine-2 in stack TestFanout. The nearest: mine-1.'],
  [['--queue', 'chunk'], "argument 'chunk' is invalid. Allowed choices are intake, chunks, receipts."],
])('exits 2 for %j and says why', async (args, message) => {
  const { code, stderr } = await redrive(...args);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
});
