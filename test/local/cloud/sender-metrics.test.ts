import { describe, expect, it } from 'vitest';
import { collectSenderMetrics } from '../../../local/cloud/sender-metrics.ts';

const line = (atMs: number, values: object, service = 'sender'): string =>
  JSON.stringify({ _aws: { Timestamp: atMs, CloudWatchMetrics: [] }, service, ...values });

describe('collectSenderMetrics', () => {
  it('adds up what senders measured in a time', () => {
    const metrics = collectSenderMetrics();
    metrics.add(line(999, { Requests: 100 }));
    metrics.add(line(1_000, { RecordsImported: 5, BytesUncompressed: 50, Requests: 1, HeapShare: 20 }));
    metrics.add(line(1_500, { RecordsImported: 7, Requests: 2, RequestsThrottled: 1, HeapShare: 60 }));
    metrics.add(line(1_600, { CredentialsRefused: 1 }));
    metrics.add(line(2_000, { Requests: 100 }));
    expect(metrics.window({ fromMs: 1_000, toMs: 2_000 })).toEqual({
      fromMs: 1_000,
      toMs: 2_000,
      records: 12,
      bytes: 50,
      requests: 3,
      throttled: 1,
      heapShare: 0.6,
      credentialsRefused: 1,
    });
  });

  it('passes other lines over, and knows nothing of a time without any', () => {
    const metrics = collectSenderMetrics();
    for (const other of ['', 'text', '{"_aws":', line(1_000, {}, 'ledger'), '{"message":"\\"_aws\\""}'])
      metrics.add(other);
    expect(metrics.window({ fromMs: 0, toMs: 10_000 })).toBeUndefined();
  });

  it('keeps a minute', () => {
    const metrics = collectSenderMetrics();
    for (let minute = 0; minute < 5; minute++) metrics.add(line(minute * 60_000, { Requests: 1 }));
    expect(metrics.window({ fromMs: 0, toMs: 600_000 })).toMatchObject({ requests: 1 });
  });
});
