import { describe, expect, it } from 'vitest';
import { synthesize } from './synthesize.ts';
import { resourceOf, spell } from './template-reader.ts';

const { template, warnings } = synthesize({
  overrides: {
    stagedRetentionDays: '16',
    rejectsRetentionDays: '30',
    reportRetentionDays: '45',
    replacedRetentionDays: '20',
  },
});

describe.each(['Inbox', 'Work'])('the %s bucket', (name) => {
  const bucket = resourceOf(template, 'AWS::S3::Bucket', `Storage${name}`);

  it('is encrypted, private and outlives the stack', () => {
    expect(bucket.Properties).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    expect(bucket.DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  it('refuses plain HTTP', () => {
    const { PolicyDocument } = resourceOf(template, 'AWS::S3::BucketPolicy', `Storage${name}`).Properties;
    expect(PolicyDocument).toMatchObject({ Statement: [denyPlainHttp] });
  });

  it('gives up on an upload that stays unfinished for a week', () => {
    expect(rulesOf(bucket.Properties)).toContainEqual({
      Status: 'Enabled',
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    });
  });
});

describe('the Inbox', () => {
  const inbox = resourceOf(template, 'AWS::S3::Bucket', 'StorageInbox');

  it('keeps versions, replaced ones for the days configured', () => {
    expect(inbox.Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(rulesOf(inbox.Properties)).toContainEqual({
      Status: 'Enabled',
      NoncurrentVersionExpiration: { NoncurrentDays: 20 },
    });
  });

  it('tells the intake queue of every new object, multipart uploads included', () => {
    const { QueueConfigurations } = inbox.Properties.NotificationConfiguration as {
      QueueConfigurations: { Event: string; Queue: unknown }[];
    };
    expect(QueueConfigurations.map(({ Event, Queue }) => [Event, spell(Queue)])).toEqual([
      ['s3:ObjectCreated:*', '{IntakeQueue.Arn}'],
    ]);
  });

  it('is made after the policy that S3 checks', () => {
    expect(inbox.DependsOn?.some((id) => id.startsWith('IntakeQueuePolicy'))).toBe(true);
  });
});

describe('the Work bucket', () => {
  const work = resourceOf(template, 'AWS::S3::Bucket', 'StorageWork');

  it('forgets what is staged, rejected, answered and reported after the days configured', () => {
    expect(rulesOf(work.Properties)).toEqual(
      expect.arrayContaining([
        { Status: 'Enabled', Prefix: 'staged/', ExpirationInDays: 16 },
        { Status: 'Enabled', Prefix: 'rejects/', ExpirationInDays: 30 },
        { Status: 'Enabled', Prefix: 'responses/', ExpirationInDays: 30 },
        { Status: 'Enabled', Prefix: 'reports/', ExpirationInDays: 45 },
      ]),
    );
  });

  it('forgets nothing else', () => {
    const prefixes = (rulesOf(work.Properties) as { Prefix?: string }[]).map(({ Prefix }) => Prefix);
    expect(prefixes.filter((prefix) => prefix !== undefined)).toEqual([
      'staged/',
      'attempts/',
      'rejects/',
      'responses/',
      'reports/',
    ]);
  });

  it('starts no import', () => {
    expect(work.Properties).not.toHaveProperty('NotificationConfiguration');
  });
});

describe('the retention of staged chunks', () => {
  const daysOf = (overrides: Record<string, string>): number => {
    const { Properties } = resourceOf(synthesize({ overrides }).template, 'AWS::S3::Bucket', 'StorageWork');
    const rules = rulesOf(Properties) as { Prefix?: string; ExpirationInDays: number }[];
    return rules.find(({ Prefix }) => Prefix === 'staged/')!.ExpirationInDays;
  };

  it('is longer than that of dead letters, which may be redriven', () => {
    const { MessageRetentionPeriod } = resourceOf(
      template,
      'AWS::SQS::Queue',
      'FanOutChunksDeadLetters',
    ).Properties;
    expect(daysOf({}) * 86_400).toBeGreaterThan(Number(MessageRetentionPeriod));
    expect(warnings).toEqual([]);
  });

  it('may be shorter, and the deploy says what that risks', () => {
    const { warnings: risks } = synthesize({ overrides: { stagedRetentionDays: '3' } });
    expect(risks).toEqual([expect.stringContaining('stagedRetentionDays is 3')]);
  });
});

describe('the retention of replaced files', () => {
  it('cannot be shorter than that of dead letters', () => {
    expect(() => synthesize({ overrides: { replacedRetentionDays: '7' } })).toThrow(
      'replacedRetentionDays: Too small',
    );
  });
});

describe('removalPolicy destroy', () => {
  it('deletes the buckets with the stack', () => {
    const { template: disposable } = synthesize({ removal: 'destroy' });
    for (const { DeletionPolicy } of Object.values(disposable.findResources('AWS::S3::Bucket'))) {
      expect(DeletionPolicy).toBe('Delete');
    }
  });
});

describe('the queues', () => {
  it('are encrypted', () => {
    const queues = Object.values(template.findResources('AWS::SQS::Queue'));
    expect(queues).toHaveLength(6);
    for (const { Properties } of queues) expect(Properties.SqsManagedSseEnabled).toBe(true);
  });

  it('refuse plain HTTP, every one', () => {
    const policies = Object.values(template.findResources('AWS::SQS::QueuePolicy'));
    expect(policies).toHaveLength(6);
    for (const { Properties } of policies) {
      expect(Properties.PolicyDocument.Statement).toContainEqual(expect.objectContaining(denyPlainHttp));
    }
  });

  it('let S3 send to the intake queue, for this account alone', () => {
    const { PolicyDocument } = resourceOf(template, 'AWS::SQS::QueuePolicy', 'IntakeQueue').Properties;
    const { Statement } = PolicyDocument as { Statement: Record<string, unknown>[] };
    const allowed = Statement.filter(({ Effect }) => Effect === 'Allow');
    expect(allowed).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: expect.anything(),
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
    expect(spell(allowed[0]!.Resource)).toBe('{IntakeQueue.Arn}');
  });
});

const denyPlainHttp = {
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

function rulesOf(properties: Readonly<Record<string, unknown>>): unknown[] {
  return (properties.LifecycleConfiguration as { Rules: unknown[] }).Rules;
}
