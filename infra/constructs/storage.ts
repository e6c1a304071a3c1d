import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, type BucketProps } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { explain } from './explained.ts';

const ABORT_MULTIPART = Duration.days(7);
const NONCURRENT_EXPIRATION = Duration.days(30);

export interface StorageProps {
  readonly stagedRetentionDays: number;
  /** For reports, rejects and responses. */
  readonly reportRetentionDays: number;
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
      ...secured(props.removal),
      versioned: true,
      lifecycleRules: [
        { noncurrentVersionExpiration: NONCURRENT_EXPIRATION },
        { abortIncompleteMultipartUploadAfter: ABORT_MULTIPART },
      ],
    });
    this.work = new Bucket(this, 'Work', {
      ...secured(props.removal),
      lifecycleRules: [
        { prefix: 'staged/', expiration: Duration.days(props.stagedRetentionDays) },
        { prefix: 'attempts/', expiration: Duration.days(props.stagedRetentionDays) },
        { prefix: 'rejects/', expiration: Duration.days(props.reportRetentionDays) },
        { prefix: 'responses/', expiration: Duration.days(props.reportRetentionDays) },
        { prefix: 'reports/', expiration: Duration.days(props.reportRetentionDays) },
        { abortIncompleteMultipartUploadAfter: ABORT_MULTIPART },
      ],
    });
    for (const bucket of [this.inbox, this.work]) {
      explain(
        bucket,
        'AwsSolutions-S1',
        'Access logs would need a third bucket, and a line in it for each ranged read. Data events of CloudTrail show the same where somebody has to know.',
      );
    }
  }
}

const secured = (removal: StorageProps['removal']): BucketProps => ({
  encryption: BucketEncryption.S3_MANAGED,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  removalPolicy: removal === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
});
