import { describe, expect, it } from 'vitest';
import { synthesize } from './synthesize.ts';
import { grantsOf, resourceOf, spell } from './template-reader.ts';

const { template } = synthesize({ overrides: { workers: '12', eventsPerSecond: '60000' } });
const on = (actions: string[], ...resources: string[]) => ({ actions, resources });

describe('the governor', () => {
  const { Properties } = resourceOf(template, 'AWS::Lambda::Function', 'GovernorFunction');

  it('is small, and done before it is called again', () => {
    expect(Properties).toMatchObject({ MemorySize: 256, Timeout: 30, Runtime: 'nodejs24.x' });
  });

  it('is called each minute, once', () => {
    const { Properties: rule } = resourceOf(template, 'AWS::Events::Rule', 'GovernorEachMinute');
    expect(rule).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Targets: [{ RetryPolicy: { MaximumRetryAttempts: 0 } }],
    });
    const [target] = rule.Targets as [{ Arn: unknown }];
    expect(spell(target.Arn)).toBe('{GovernorFunction.Arn}');
  });

  it('may read metrics, change the mapping of the sender and tell the ledger, and nothing else', () => {
    expect(grantsOf(template, 'GovernorRole')).toEqual([
      on(['logs:CreateLogStream', 'logs:PutLogEvents'], '{GovernorLogs.Arn}'),
      on(['s3:GetObject', 's3:PutObject'], '{StorageWork.Arn}/governor/*'),
      on(['s3:GetObject'], '{StorageWork.Arn}/reports/*'),
      on(['s3:ListBucket'], '{StorageWork.Arn}'),
      on(['sqs:GetQueueAttributes'], '{FanOutChunksQueue.Arn}'),
      on(['sqs:SendMessage'], '{LedgerReceiptsQueue.Arn}'),
      on(
        ['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
        expect.stringMatching(
          /^arn:\{AWS::Partition\}:lambda:\{AWS::Region\}:\{AWS::AccountId\}:event-source-mapping:\{FanOutSenderFunctionSqsEventSource/,
        ),
      ),
      on(['cloudwatch:GetMetricData'], '*'),
      on(['secretsmanager:DescribeSecret'], '{Credentials}'),
    ]);
  });

  it('gets its variables and its bounds, and no secret', () => {
    const { Variables } = Properties.Environment as { Variables: Record<string, unknown> };
    expect(Object.keys(Variables).sort()).toEqual([
      'CHUNKS_QUEUE_URL',
      'CREDENTIALS_SECRET',
      'GOVERNOR_SETTINGS',
      'NODE_OPTIONS',
      'POWERTOOLS_METRICS_NAMESPACE',
      'POWERTOOLS_SERVICE_NAME',
      'RECEIPTS_QUEUE_URL',
      'SENDER_MAPPING_ID',
      'WORK_BUCKET',
    ]);
    expect(spell(Variables.SENDER_MAPPING_ID)).toMatch(/^\{FanOutSenderFunctionSqsEventSource/);
    expect(JSON.parse(String(Variables.GOVERNOR_SETTINGS))).toEqual({
      workersStart: 12,
      workersMin: 2,
      workersMax: 30,
      eventsPerSecondMax: 60_000,
      bytesPerMinuteMax: 2_000_000_000,
      emptyMs: 600_000,
      ceilingMs: 3_600_000,
    });
  });
});

describe('governor.enabled = false', () => {
  const without = synthesize({ overrides: { 'governor.enabled': 'false' } }).template;

  it('leaves the function, its rule and its alarm out', () => {
    without.resourceCountIs('AWS::Events::Rule', 0);
    without.resourceCountIs('AWS::Lambda::Function', 3);
    const alarms = Object.entries(without.findResources('AWS::CloudWatch::Alarm'));
    expect(alarms.filter(([id]) => id.includes('GovernorFailing'))).toEqual([]);
    expect(refusedAlarmOf(without).MetricName).toBe('CredentialsRefused');
  });

  it('promises no pause in the alarm on refused credentials, and says what becomes of the chunks', () => {
    const { AlarmDescription } = refusedAlarmOf(without);
    expect(AlarmDescription).toContain(
      'No governor pauses the senders: a chunk is a dead letter after 5 refusals.',
    );
    expect(AlarmDescription).not.toContain('has paused');
  });

  it('has the alarm say that senders are paused only where there is a governor', () => {
    const { AlarmDescription } = refusedAlarmOf(template);
    expect(AlarmDescription).toContain('The governor has paused the senders until the secret changes');
  });
});

const refusedAlarmOf = (stack: typeof template) => {
  const alarms = Object.entries(stack.findResources('AWS::CloudWatch::Alarm'));
  return alarms.find(([id]) => id.includes('CredentialsRefused'))![1].Properties;
};
