import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ChangeMessageVisibilityCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { parseReceipt } from '../../lib/ledger/receipt.ts';
import { parseChunkMessage } from '../../lib/plan/chunk.ts';
import type { RecipeInput } from '../../lib/recipe/schema.ts';
import { chunkMessage } from '../chunk-message.ts';
import { sqsRecord } from '../queue/sqs-record.ts';
import { mixedFile, numbersOf } from '../records.ts';
import { replyImported, replyJson, startApi } from '../send/api-server.ts';

const CHUNKS = 'https://sqs.us-east-1.amazonaws.com/000000000000/chunks';
const RECEIPTS = 'https://sqs.us-east-1.amazonaws.com/000000000000/receipts';
vi.stubEnv('WORK_BUCKET', 'work');
vi.stubEnv('CHUNKS_QUEUE_URL', CHUNKS);
vi.stubEnv('RECEIPTS_QUEUE_URL', RECEIPTS);
vi.stubEnv('CREDENTIALS_SECRET', 'mixpanel');
vi.stubEnv('MAX_RECEIVE_COUNT', '5');
vi.stubEnv('BACKOFF_FIRST_MS', '1');
vi.stubEnv('AWS_REGION', 'us-east-1');
vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');

const s3 = mockClient(S3Client);
const sqs = mockClient(SQSClient);
const secrets = mockClient(SecretsManagerClient);

const context = { getRemainingTimeInMillis: () => 60_000 } as Context;
const FILE = mixedFile(200);

beforeEach(() => {
  for (const mock of [s3, sqs, secrets]) mock.reset();
  s3.on(GetObjectCommand).callsFake(async ({ Range }: { Range: string }) => {
    const [first, last] = Range.match(/\d+/g)!.map(Number);
    return {
      Body: Readable.from([FILE.subarray(first, last! + 1)]),
      ContentRange: `bytes ${first}-${last}/${FILE.length}`,
    };
  });
  s3.on(GetObjectCommand, { Bucket: 'work' }).callsFake(async ({ Key }: { Key: string }) => {
    if (!Key.endsWith('.ndjson.gz')) throw new NoSuchKey({ message: 'none', $metadata: {} });
    return { Body: { transformToByteArray: async () => Buffer.from('rejects') } };
  });
  s3.on(ListObjectsV2Command).resolves({});
  s3.on(PutObjectCommand).resolves({});
  sqs.on(SendMessageBatchCommand).resolves({});
  sqs.on(ChangeMessageVisibilityCommand).resolves({});
  secrets.on(GetSecretValueCommand).resolves({ SecretString: '{"token":"secret-token"}' });
});

const sentTo = (queueUrl: string): string[] =>
  sqs
    .commandCalls(SendMessageBatchCommand, { QueueUrl: queueUrl })
    .flatMap(({ args }) => args[0].input.Entries!.map(({ MessageBody }) => MessageBody!));

/** A sender that was deployed for an API which answers as told, with one chunk to send there. */
const startSender = async (reply: Parameters<typeof startApi>[0], tuning: RecipeInput['tuning'] = {}) => {
  const api = await startApi(reply);
  vi.stubEnv('ENDPOINTS_ALLOWED', JSON.stringify([api.endpoint]));
  vi.resetModules();
  const { logger, metrics } = await import('../../functions/telemetry.ts');
  const { handler } = await import('../../functions/sender.ts');
  const message = chunkMessage(FILE.length, { recipe: { destination: { endpoint: api.endpoint }, tuning } });
  const send = (receiveCount = 1, given = context) =>
    handler({ Records: [sqsRecord('1', JSON.stringify(message), receiveCount)] }, given);
  return { api, handler, logger, metrics, message, send };
};

describe('sender', () => {
  it('imports a chunk and tells the ledger', async () => {
    const { api, send } = await startSender(({ lines }, response) => replyImported(response, lines.length));
    expect(await send()).toEqual({ batchItemFailures: [] });
    const { good, bad } = numbersOf(200);
    expect(api.requests.flatMap(({ lines }) => lines).length).toBe(good.length);
    expect(api.requests[0]!.headers.authorization).toBe(`Basic ${btoa('secret-token:')}`);
    expect(sentTo(CHUNKS)).toEqual([]);
    const receipts = sentTo(RECEIPTS).map(parseReceipt);
    expect(receipts).toMatchObject([
      {
        kind: 'chunk-done',
        rejectsUri: 's3://work/rejects/import-1/',
        progress: {
          records: { read: good.length + bad.length, imported: good.length, rejected: bad.length },
        },
      },
    ]);
    expect(sentTo(RECEIPTS).join()).not.toContain('secret-token');
  });

  it.each([
    [false, 's3://work/responses/import-1/', ['responses/import-1/000000-0.ndjson.gz']],
    [true, undefined, []],
  ])('keeps answers beside the rejects by abridged %s', async (abridged, responsesUri, keys) => {
    const { send } = await startSender(({ lines }, response) => replyImported(response, lines.length), {
      abridged,
    });
    await send();
    const puts = s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input);
    expect(puts.filter(({ Key }) => Key?.startsWith('responses/')).map(({ Key }) => Key)).toEqual(keys);
    expect(sentTo(RECEIPTS).map(parseReceipt)).toEqual([
      expect.objectContaining({ kind: 'chunk-done', ...(responsesUri ? { responsesUri } : {}) }),
    ]);
    expect(sentTo(RECEIPTS).join().includes('responsesUri')).toBe(!abridged);
  });

  it('puts a message off for longer the more often it came', async () => {
    const { send } = await startSender((_, response) =>
      replyJson(response, 401, { error: 'Invalid credentials' }),
    );
    expect(await send(3)).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
    const changes = sqs.commandCalls(ChangeMessageVisibilityCommand).map(({ args }) => args[0].input);
    const message = { QueueUrl: CHUNKS, ReceiptHandle: 'handle of 1' };
    // Soon, should this run be killed; then by the back-off, since it was not.
    expect(changes).toEqual([
      { ...message, VisibilityTimeout: 75 },
      { ...message, VisibilityTimeout: 60 },
    ]);
    expect(sentTo(RECEIPTS).map(parseReceipt)).toMatchObject([
      { kind: 'chunk-failed', failure: { code: 'API_UNAUTHORIZED' } },
    ]);
  });

  it.each([
    ['alone', 1, 0],
    ['as one of many workers', 100, 1],
  ])('sends at its part of the quota: %s', async (_, workers, continuations) => {
    const { api, handler } = await startSender(({ lines }, response) =>
      replyImported(response, lines.length),
    );
    const destination = { endpoint: api.endpoint, quota: { eventsPerSecond: 100 } };
    const recipe = { destination, tuning: { workers, recordsPerBatch: 20 } };
    const body = JSON.stringify(chunkMessage(FILE.length, { recipe }));
    const hurried = { getRemainingTimeInMillis: () => 3_000 } as Context;
    await handler({ Records: [sqsRecord('1', body, 1)] }, hurried);
    expect(sentTo(CHUNKS)).toHaveLength(continuations);
  });

  it('tells the ledger, and tries no more, where every attempt was cut off', async () => {
    const { api, send } = await startSender(({ lines }, response) => replyImported(response, lines.length));
    expect(await send(6)).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
    expect(sentTo(RECEIPTS).map(parseReceipt)).toMatchObject([
      { kind: 'chunk-failed', failure: { code: 'GIVEN_UP' } },
    ]);
    expect(api.requests).toEqual([]);
  });

  it('reads the secret again after a failure, and else only once', async () => {
    let status = 401;
    const { send } = await startSender(({ lines }, response) =>
      status === 200 ? replyImported(response, lines.length) : replyJson(response, status, { error: 'no' }),
    );
    await send();
    status = 200;
    await send(2);
    await send(2);
    expect(secrets.commandCalls(GetSecretValueCommand)).toHaveLength(2);
  });

  it('counts a refusal of credentials that it has just read, not of those it had kept', async () => {
    let status = 200;
    const { send, metrics } = await startSender(({ lines }, response) =>
      status === 200 ? replyImported(response, lines.length) : replyJson(response, status, { error: 'no' }),
    );
    const addMetric = vi.spyOn(metrics, 'addMetric');
    const refusals = () => addMetric.mock.calls.filter(([name]) => name === 'CredentialsRefused').length;
    await send();
    status = 401;
    await send();
    expect(refusals()).toBe(0);
    await send(2);
    expect(refusals()).toBe(1);
  });

  it('says what the API answered before the time of a run was over', async () => {
    const { api, send, logger } = await startSender(
      (_, response, count) => count === 1 && replyJson(response, 503, { error: 'busy' }),
      { requestsInFlight: 1 },
    );
    const error = vi.spyOn(logger, 'error');
    await send(5, { getRemainingTimeInMillis: () => 500 } as Context);
    const message = expect.stringContaining(
      `${api.endpoint}/import did not take a batch in 1 attempt; the last got HTTP 503: busy.`,
    );
    expect(sentTo(RECEIPTS).map(parseReceipt)).toMatchObject([
      { kind: 'chunk-failed', failure: { code: 'CHUNK_STUCK', message } },
    ]);
    expect(error).toHaveBeenCalledWith('not sent', {
      messageId: '1',
      error: expect.objectContaining({ cause: expect.objectContaining({ code: 'API_UNAVAILABLE' }) }),
    });
  });

  it('keeps the message, says what to do and counts a refusal where there is no secret', async () => {
    secrets
      .on(GetSecretValueCommand)
      .rejects(new ResourceNotFoundException({ message: 'none', $metadata: {} }));
    const { api, send, metrics } = await startSender(({ lines }, response) =>
      replyImported(response, lines.length),
    );
    const addMetric = vi.spyOn(metrics, 'addMetric');
    expect(await send()).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
    expect(sentTo(RECEIPTS).map(parseReceipt)).toMatchObject([
      {
        kind: 'chunk-failed',
        failure: { code: 'SECRET_NOT_FOUND', message: expect.stringContaining('Create the secret') },
      },
    ]);
    expect(addMetric.mock.calls.map(([name]) => name)).toEqual(['CredentialsRefused']);
    expect(api.requests).toEqual([]);
  });

  it('refuses an endpoint that the deployment does not name, without reading the secret', async () => {
    const { api, handler } = await startSender(({ lines }, response) =>
      replyImported(response, lines.length),
    );
    const other = await startApi(({ lines }, response) => replyImported(response, lines.length));
    const message = chunkMessage(FILE.length, { recipe: { destination: { endpoint: other.endpoint } } });
    const Records = [sqsRecord('1', JSON.stringify(message))];
    expect(await handler({ Records }, context)).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
    expect([...api.requests, ...other.requests]).toEqual([]);
    expect(secrets.calls()).toEqual([]);
    expect(sentTo(RECEIPTS).map(parseReceipt)).toMatchObject([
      { kind: 'chunk-failed', failure: { code: 'DESTINATION_NOT_ALLOWED' } },
    ]);
  });

  it('sends on what is left when the API fails on the way', async () => {
    const { message, send } = await startSender(
      ({ lines }, response, count) =>
        count > 1 ? replyJson(response, 403, { error: 'no' }) : replyImported(response, lines.length),
      { recordsPerBatch: 50, requestsInFlight: 1 },
    );
    expect(await send()).toEqual({ batchItemFailures: [] });
    const [rest] = sentTo(CHUNKS).map(parseChunkMessage);
    expect(rest).toMatchObject({ chunk: 0, progress: { continuations: 1, records: { imported: 50 } } });
    expect(rest!.range).toEqual({ start: expect.any(Number), end: message.range.end });
    expect(rest!.range.start).toBeGreaterThan(0);
    const [request] = sqs.commandCalls(SendMessageBatchCommand, { QueueUrl: CHUNKS });
    expect(request!.args[0].input.Entries![0]!.DelaySeconds).toBe(30);
    expect(sentTo(RECEIPTS)).toEqual([]);
  });
});
