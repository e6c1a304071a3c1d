import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ChangeMessageVisibilityCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { parseReceipt } from '../../lib/ledger/receipt.ts';
import { parseChunkMessage } from '../../lib/plan/chunk.ts';
import { parseNotification } from '../../lib/plan/notification.ts';
import { sqsRecord } from '../queue/sqs-record.ts';

const INTAKE = 'https://sqs.us-east-1.amazonaws.com/000000000000/intake';
const CHUNKS = 'https://sqs.us-east-1.amazonaws.com/000000000000/chunks';
const RECEIPTS = 'https://sqs.us-east-1.amazonaws.com/000000000000/receipts';
vi.stubEnv('WORK_BUCKET', 'work');
vi.stubEnv('INTAKE_QUEUE_URL', INTAKE);
vi.stubEnv('CHUNKS_QUEUE_URL', CHUNKS);
vi.stubEnv('RECEIPTS_QUEUE_URL', RECEIPTS);
vi.stubEnv('MAX_RECEIVE_COUNT', '5');
vi.stubEnv('DECOMPRESSED_BYTES_MAX', '1000000000');
vi.stubEnv('AWS_REGION', 'us-east-1');
vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');

// The bundle brings its own recipe.json along; the sources have none.
vi.mock('node:fs', async (importOriginal) => ({
  ...(await importOriginal<typeof import('node:fs')>()),
  readFileSync: () => '{"tuning":{"chunkBytes":5000}}',
}));

const s3 = mockClient(S3Client);
const sqs = mockClient(SQSClient);
const { handler } = await import('../../functions/splitter.ts');

const FILE = Buffer.from(`[${Array(600).fill('{"event":"a","n":1}').join(',')}]`).subarray(0, 12_000);
const LINES = Buffer.from('{"event":"a","n":1}\n'.repeat(600));

const context = { getRemainingTimeInMillis: () => 900_000 } as Context;

const notification = (key: string) => ({
  eventName: 'ObjectCreated:Put',
  s3: { bucket: { name: 'inbox' }, object: { key, eTag: 'e1', sequencer: '1' } },
});

const sentTo = (queueUrl: string): string[] =>
  sqs
    .commandCalls(SendMessageBatchCommand, { QueueUrl: queueUrl })
    .flatMap(({ args }) => args[0].input.Entries!.map(({ MessageBody }) => MessageBody!));

beforeEach(() => {
  s3.reset();
  sqs.reset();
  s3.on(HeadObjectCommand).resolves({ ContentLength: 12_000, ETag: '"e1"' });
  s3.on(GetObjectCommand).callsFake(async ({ Key, Range }: { Key: string; Range: string }) => {
    const [first, last] = Range.match(/\d+/g)!.map(Number);
    const file = Key.endsWith('.jsonl') ? LINES : FILE;
    return {
      Body: Readable.from([file.subarray(first, last! + 1)]),
      ContentRange: `bytes ${first}-${last}/12000`,
    };
  });
  sqs.on(SendMessageBatchCommand).resolves({});
  sqs.on(ChangeMessageVisibilityCommand).resolves({});
});

describe('splitter', () => {
  it('sends the chunks of each object and tells the ledger', async () => {
    const body = JSON.stringify({ Records: [notification('a+1.jsonl'), notification('b.jsonl')] });
    expect(await handler({ Records: [sqsRecord('1', body)] }, context)).toEqual({ batchItemFailures: [] });
    const chunks = sentTo(CHUNKS).map(parseChunkMessage);
    expect(chunks.map(({ object, range }) => [object.key, range.start])).toEqual([
      ['a 1.jsonl', 0],
      ['a 1.jsonl', 5_000],
      ['a 1.jsonl', 10_000],
      ['b.jsonl', 0],
      ['b.jsonl', 5_000],
      ['b.jsonl', 10_000],
    ]);
    expect(sentTo(RECEIPTS).map(parseReceipt)).toMatchObject([{ chunks: 3 }, { chunks: 3 }]);
  });

  it('has another run go on with a source that it cannot read through in time', async () => {
    let looks = 0;
    const hurried = { getRemainingTimeInMillis: () => (looks++ < 1 ? 100_000 : 20_000) } as Context;
    await handler({ Records: [sqsRecord('1', bodyOf('c.json'))] }, hurried);
    expect(sentTo(CHUNKS)).toHaveLength(1);
    const [next] = sentTo(INTAKE);
    expect(parseNotification(next!)).toMatchObject([{ key: 'c.json', resume: { run: 1, chunk: 1 } }]);
    await handler({ Records: [sqsRecord('2', next)] }, context);
    const chunks = sentTo(CHUNKS).map(parseChunkMessage);
    expect(chunks.map(({ chunk }) => chunk)).toEqual([0, 1, 2]);
    expect(chunks.slice(1).map(({ range }) => range.start)).toEqual(
      chunks.slice(0, 2).map(({ range }) => range.end),
    );
    expect(sentTo(RECEIPTS).map(parseReceipt)).toMatchObject([{ kind: 'planned' }, { chunks: 3 }]);
  });

  it('lets a message come again that it cannot handle, and handles the others', async () => {
    s3.on(HeadObjectCommand, { Key: 'bad.jsonl' }).rejects(new Error('no network'));
    const messages = ['{}', '{"Event":"s3:TestEvent"}', ...['bad.jsonl', 'good.jsonl'].map(bodyOf)];
    const Records = messages.map((body, i) => sqsRecord(String(i), body));
    expect(await handler({ Records }, context)).toEqual({
      batchItemFailures: [{ itemIdentifier: '0' }, { itemIdentifier: '2' }],
    });
    expect(sentTo(CHUNKS)).toHaveLength(3);
  });

  it('puts a message off for longer the more often it came', async () => {
    s3.on(HeadObjectCommand).rejects(new Error('no network'));
    await handler({ Records: [sqsRecord('1', bodyOf('bad.jsonl'), 3)] }, context);
    expect(sqs.commandCalls(ChangeMessageVisibilityCommand).map(({ args }) => args[0].input)).toEqual([
      { QueueUrl: INTAKE, ReceiptHandle: 'handle of 1', VisibilityTimeout: 60 },
    ]);
  });

  it('tells the ledger, and tries no more, where every attempt was cut off', async () => {
    const response = await handler({ Records: [sqsRecord('a', bodyOf('a.jsonl'), 6)] }, context);
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'a' }] });
    expect(sentTo(RECEIPTS).map(parseReceipt)).toMatchObject([
      { kind: 'import-failed', failure: { code: 'GIVEN_UP' } },
    ]);
    expect(s3.calls()).toEqual([]);
  });
});

const bodyOf = (key: string): string => JSON.stringify({ Records: [notification(key)] });
