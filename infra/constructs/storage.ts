import { Annotations, Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type BucketProps } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { STAGED_DAYS_SAFE } from '../../lib/recipe/deploy-config.ts';
import { explain } from './explained.ts';

const ABORT_MULTIPART = Duration.days(7);

export interface StorageProps {
  readonly stagedRetentionDays: number;
  /** For rejects and responses. */
  readonly rejectsRetentionDays: number;
  readonly reportRetentionDays: number;
  /** For versions of the Inbox that were replaced or deleted. */
  readonly replacedRetentionDays: number;
  /** @default keys of S3's own */
  readonly key?: IKey | undefined;
  /** `destroy` deletes the buckets with the stack, if they are empty by then. */
  readonly removal: 'retain' | 'destroy';
}

/** The two buckets: Inbox is the user's, Work is ours. Apart, so that nothing we write starts an import. */
export class Storage extends Construct {
  readonly inbox: Bucket;
  readonly work: Bucket;

  constructor(scope: Construct, id: string, props: StorageProps) {
    super(scope, id);
    this.inbox = new Bucket(this, 'Inbox', {
      ...secured(props),
      versioned: true,
      lifecycleRules: [
        { noncurrentVersionExpiration: Duration.days(props.replacedRetentionDays) },
        { abortIncompleteMultipartUploadAfter: ABORT_MULTIPART },
      ],
    });
    this.work = new Bucket(this, 'Work', {
      ...secured(props),
      lifecycleRules: [
        { prefix: 'staged/', expiration: Duration.days(props.stagedRetentionDays) },
        { prefix: 'attempts/', expiration: Duration.days(props.stagedRetentionDays) },
        { prefix: 'rejects/', expiration: Duration.days(props.rejectsRetentionDays) },
        { prefix: 'responses/', expiration: Duration.days(props.rejectsRetentionDays) },
        { prefix: 'reports/', expiration: Duration.days(props.reportRetentionDays) },
        { abortIncompleteMultipartUploadAfter: ABORT_MULTIPART },
      ],
    });
    if (props.stagedRetentionDays < STAGED_DAYS_SAFE) this.warnOfStaged(props);
    for (const bucket of [this.inbox, this.work]) {
      explain(
        bucket,
        'AwsSolutions-S1',
        'Access logs would need a third bucket, and a line in it for each ranged read. Data events of CloudTrail show the same where somebody has to know.',
      );
    }
  }

  private warnOfStaged({ stagedRetentionDays }: StorageProps): void {
    Annotations.of(this).addWarningV2(
      'mixpanel-fanout:staged-retention',
      `stagedRetentionDays is ${stagedRetentionDays}, and dead letters are kept for 14 days: a chunk of a compressed file that is redriven later than after ${stagedRetentionDays} days will find its data gone. From ${STAGED_DAYS_SAFE} on that cannot happen.`,
    );
  }
}

const secured = ({ removal, key }: StorageProps): BucketProps => ({
  ...(key
    ? { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }
    : { encryption: BucketEncryption.S3_MANAGED }),
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  removalPolicy: removal === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
});
