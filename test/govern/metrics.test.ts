import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { readSenderWindow } from '../../lib/govern/metrics.ts';

const cloudWatch = mockClient(CloudWatchClient);
const client = new CloudWatchClient({ region: 'us-east-1' });
const NOW_MS = Date.UTC(2026, 10, 22, 12, 5, 42);
beforeEach(() => void cloudWatch.reset());

describe('readSenderWindow', () => {
  it('adds up the two latest minutes that are complete', async () => {
    cloudWatch.on(GetMetricDataCommand).resolves({
      MetricDataResults: [
        { Id: 'records', Values: [100, 20] },
        { Id: 'bytes', Values: [3_000, 600] },
        { Id: 'requests', Values: [5, 1] },
        { Id: 'throttled', Values: [1] },
        { Id: 'heapPercent', Values: [40, 62.5] },
        { Id: 'credentialsRefused', Values: [] },
      ],
    });
    expect(await readSenderWindow(client, NOW_MS)).toEqual({
      fromMs: Date.UTC(2026, 10, 22, 12, 2),
      toMs: Date.UTC(2026, 10, 22, 12, 4),
      records: 120,
      bytes: 3_600,
      requests: 6,
      throttled: 1,
      heapShare: 0.625,
      credentialsRefused: 0,
    });
    const { input } = cloudWatch.commandCalls(GetMetricDataCommand)[0]!.args[0];
    expect(input.StartTime).toEqual(new Date(Date.UTC(2026, 10, 22, 12, 2)));
    expect(input.EndTime).toEqual(new Date(Date.UTC(2026, 10, 22, 12, 4)));
    expect(input.MetricDataQueries).toContainEqual({
      Id: 'heapPercent',
      MetricStat: {
        Metric: {
          Namespace: 'MixpanelFanout',
          MetricName: 'HeapShare',
          Dimensions: [{ Name: 'service', Value: 'sender' }],
        },
        Period: 60,
        Stat: 'Maximum',
      },
    });
  });

  it('knows nothing where nothing was measured', async () => {
    cloudWatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [{ Id: 'records', Values: [] }] });
    expect(await readSenderWindow(client, NOW_MS)).toBeUndefined();
  });
});
