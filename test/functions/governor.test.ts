import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  GetEventSourceMappingCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { settings } from '../tune/governed-fleet.ts';

vi.stubEnv('WORK_BUCKET', 'work');
vi.stubEnv('CHUNKS_QUEUE_URL', 'https://sqs.us-east-1.amazonaws.com/000000000000/chunks');
vi.stubEnv('RECEIPTS_QUEUE_URL', 'https://sqs.us-east-1.amazonaws.com/000000000000/receipts');
vi.stubEnv('CREDENTIALS_SECRET', 'mixpanel');
vi.stubEnv('SENDER_MAPPING_ID', 'uuid-1');
vi.stubEnv('GOVERNOR_SETTINGS', JSON.stringify(settings));
vi.stubEnv('AWS_REGION', 'us-east-1');
vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');

const lambda = mockClient(LambdaClient);
const s3 = mockClient(S3Client);
const sqs = mockClient(SQSClient);
const cloudWatch = mockClient(CloudWatchClient);
const { metrics } = await import('../../functions/telemetry.ts');
const { handler } = await import('../../functions/governor.ts');
const addMetric = vi.spyOn(metrics, 'addMetric');

const chunksWaiting = (count: number) =>
  sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { ApproximateNumberOfMessages: String(count) } });

beforeEach(() => {
  for (const mock of [lambda, s3, sqs, cloudWatch]) mock.reset();
  addMetric.mockClear();
  lambda
    .on(GetEventSourceMappingCommand)
    .resolves({ State: 'Enabled', ScalingConfig: { MaximumConcurrency: 10 } });
  lambda.on(UpdateEventSourceMappingCommand).resolves({});
  s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'none', $metadata: { httpStatusCode: 404 } }));
  s3.on(PutObjectCommand).resolves({});
  s3.on(ListObjectsV2Command).resolves({});
  const measured = { requests: [100], throttled: [0], heapPercent: [30], records: [200_000], bytes: [6e7] };
  cloudWatch.on(GetMetricDataCommand).resolves({
    MetricDataResults: Object.entries(measured).map(([Id, Values]) => ({ Id, Values })),
  });
});

describe('governor', () => {
  it('adds senders while chunks wait, and measures it', async () => {
    chunksWaiting(50);
    await handler();
    const [update] = lambda.commandCalls(UpdateEventSourceMappingCommand);
    expect(update!.args[0].input).toEqual({ UUID: 'uuid-1', ScalingConfig: { MaximumConcurrency: 12 } });
    const [put] = s3.commandCalls(PutObjectCommand);
    expect(put!.args[0].input).toMatchObject({ Key: 'governor/state.json', IfNoneMatch: '*' });
    expect(addMetric.mock.calls.map(([name, , value]) => [name, value])).toEqual([
      ['GovernorWorkers', 12],
      ['GovernorChanges', 1],
      ['GovernorPaused', 0],
    ]);
  });

  it('measures nothing while nothing happens', async () => {
    chunksWaiting(0);
    await handler();
    expect(cloudWatch.calls()).toEqual([]);
    expect(addMetric).not.toHaveBeenCalled();
  });
});
