import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { synthesize } from './synthesize.ts';
import { spell } from './template-reader.ts';

const { template } = synthesize();
const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
  ({ Properties }) => Properties,
);
const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

describe('the alarms', () => {
  it('watch every dead-letter queue and the age of the oldest chunk', () => {
    const watched = alarms
      .filter(ofQueues)
      .map(({ MetricName, Dimensions, Threshold }) => [MetricName, spell(Dimensions[0].Value), Threshold]);
    expect(watched).toEqual([
      ['ApproximateNumberOfMessagesVisible', '{IntakeDeadLetters.QueueName}', 1],
      ['ApproximateNumberOfMessagesVisible', '{FanOutChunksDeadLetters.QueueName}', 1],
      ['ApproximateNumberOfMessagesVisible', '{LedgerReceiptsDeadLetters.QueueName}', 1],
      ['ApproximateAgeOfOldestMessage', '{FanOutChunksQueue.QueueName}', 21_600],
    ]);
  });

  it('watch credentials, memory, rate limits and the governor', () => {
    const watched = alarms
      .filter((alarm) => !ofQueues(alarm))
      .map(({ MetricName, Threshold }) => [MetricName, Threshold]);
    expect(watched).toEqual([
      ['GovernorPaused', 0],
      ['PeakMemoryShare', 85],
      ['ThrottledShare', 5],
      ['Errors', 0],
    ]);
  });

  it('watch nothing that is not measured', () => {
    const sources = ['telemetry', 'governor'].map((name) =>
      readFileSync(new URL(`../../functions/${name}.ts`, import.meta.url), 'utf8'),
    );
    const ours = alarms.filter(({ Namespace }) => Namespace === 'MixpanelFanout');
    expect(ours).toHaveLength(3);
    for (const { MetricName } of ours) expect(sources.join()).toContain(`'${MetricName}'`);
  });

  it('take no data for no news', () => {
    for (const { TreatMissingData } of alarms) expect(TreatMissingData).toBe('notBreaching');
  });

  it('name an entry that the runbook has', () => {
    for (const { AlarmDescription } of alarms) {
      const [, anchor] = /docs\/runbook\.md#([a-z-]+)$/.exec(AlarmDescription) ?? [];
      expect(headings()).toContain(anchor);
    }
  });

  it('have an entry each, and the runbook no other', () => {
    expect(headings()).toHaveLength(alarms.length);
  });
});

describe('the outputs', () => {
  it('are the names that a user needs', () => {
    const outputs = Object.fromEntries(
      Object.entries(template.findOutputs('*')).map(([name, { Value }]) => [name, Value]),
    );
    expect(Object.keys(outputs).sort()).toEqual([
      'ChunksDeadLettersUrl',
      'ChunksQueueUrl',
      'CredentialsSecretName',
      'DashboardUrl',
      'InboxBucketName',
      'IntakeDeadLettersUrl',
      'IntakeQueueUrl',
      'ReceiptsDeadLettersUrl',
      'ReceiptsQueueUrl',
      'WorkBucketName',
    ]);
    expect(spell(outputs.InboxBucketName)).toBe('{StorageInbox}');
    expect(spell(outputs.WorkBucketName)).toBe('{StorageWork}');
    expect(spell(outputs.DashboardUrl)).toBe(
      'https://{AWS::Region}.console.aws.amazon.com/cloudwatch/home?region={AWS::Region}#dashboards/dashboard/{MonitoringDashboard}',
    );
  });

  it('name the secret that exists already', () => {
    const named = synthesize({ overrides: { secretName: 'team/mixpanel' } }).template;
    expect(named.findOutputs('CredentialsSecretName').CredentialsSecretName?.Value).toBe('team/mixpanel');
  });
});

describe('the new secret', () => {
  it('holds no credentials', () => {
    const [secret] = Object.values(template.findResources('AWS::SecretsManager::Secret'));
    expect(secret?.Properties.SecretString).toBe('{"token":""}');
  });
});

function ofQueues({ Namespace }: { Namespace?: string }): boolean {
  return Namespace === 'AWS/SQS';
}

function headings(): string[] {
  return [...runbook.matchAll(/^## (.+)$/gm)].map(([, title]) => title!.toLowerCase().replaceAll(' ', '-'));
}
