import { describe, expect, it } from 'vitest';
import { synthesize } from './synthesize.ts';
import { grantsOf } from './template-reader.ts';

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/0f7c8a9e-1b2d-4c3e-8f90-a1b2c3d4e5f6';
const { template } = synthesize({ overrides: { kmsKeyArn: KEY } });

const propertiesOf = (type: string): Record<string, unknown>[] =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);

describe('kmsKeyArn', () => {
  it('encrypts both buckets, with few calls to the key', () => {
    const buckets = propertiesOf('AWS::S3::Bucket');
    expect(buckets).toHaveLength(2);
    for (const { BucketEncryption } of buckets) {
      expect(BucketEncryption).toEqual({
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY },
          },
        ],
      });
    }
  });

  it.each([
    ['AWS::SQS::Queue', 'KmsMasterKeyId', 6],
    ['AWS::Logs::LogGroup', 'KmsKeyId', 4],
    ['AWS::SecretsManager::Secret', 'KmsKeyId', 1],
  ])('encrypts every %s', (type, property, count) => {
    const keys = propertiesOf(type).map((properties) => properties[property]);
    expect(keys).toEqual(Array.from({ length: count }, () => KEY));
  });

  it.each(['IntakeSplitterRole', 'FanOutSenderRole', 'LedgerRole', 'GovernorRole'])(
    'lets %s decrypt and make data keys with it, and nothing else of any key',
    (role) => {
      const ofKeys = grantsOf(template, role).filter(({ actions }) => actions.join().includes('kms:'));
      expect(ofKeys).toEqual([{ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [KEY] }]);
    },
  );

  it('makes no key and changes none', () => {
    template.resourceCountIs('AWS::KMS::Key', 0);
    template.resourceCountIs('AWS::KMS::Alias', 0);
  });

  it.each(['alias/mine', 'arn:aws:kms:eu-west-1:111122223333:alias/mine', '0f7c8a9e', `${KEY}0`])(
    'refuses %s by name',
    (kmsKeyArn) => {
      expect(() => synthesize({ overrides: { kmsKeyArn } })).toThrow('kmsKeyArn: must be the ARN of a key');
    },
  );
});

describe('without kmsKeyArn', () => {
  it('no function may use any key', () => {
    expect(JSON.stringify(synthesize().template.toJSON())).not.toContain('kms:');
  });
});
