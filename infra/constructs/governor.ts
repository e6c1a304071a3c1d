import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { GovernorSettings } from '../../lib/tune/governor-state.ts';
import type { CredentialsSecret } from './credentials.ts';
import { explain } from './explained.ts';
import type { FanOut } from './fan-out.ts';
import { list, onPrefix, sendTo } from './grants.ts';
import { PipelineFunction } from './pipeline-function.ts';
import type { RedrivenQueue } from './redriven-queue.ts';

const EVERY = Duration.minutes(1);
const TIMEOUT = Duration.seconds(30);
const MEMORY_MB = 256;
const ANEW =
  'It looks again within the minute, at what is true by then: a look that failed is not worth keeping. An alarm counts failures.';

export interface GovernorProps {
  readonly work: Bucket;
  readonly fanOut: FanOut;
  readonly receipts: RedrivenQueue;
  readonly credentials: CredentialsSecret;
  readonly settings: GovernorSettings;
  readonly bundleDir: string;
  readonly logRetentionDays: RetentionDays;
  /** @default keys of AWS's own */
  readonly key?: IKey | undefined;
}

/** Each minute: what senders measured → how many of them run at once. */
export class Governor extends Construct {
  readonly governor: PipelineFunction;

  constructor(scope: Construct, id: string, props: GovernorProps) {
    super(scope, id);
    const { fanOut, receipts, credentials } = props;
    this.governor = new PipelineFunction(this, 'Governor', {
      name: 'governor',
      description: 'Changes how many senders run at once, and pauses them while credentials are refused.',
      bundleDir: props.bundleDir,
      memoryMB: MEMORY_MB,
      timeout: TIMEOUT,
      logRetentionDays: props.logRetentionDays,
      key: props.key,
      deadLetters: ANEW,
      environment: {
        WORK_BUCKET: props.work.bucketName,
        CHUNKS_QUEUE_URL: fanOut.chunks.queue.queueUrl,
        RECEIPTS_QUEUE_URL: receipts.queue.queueUrl,
        CREDENTIALS_SECRET: credentials.id,
        SENDER_MAPPING_ID: fanOut.mappingId,
        GOVERNOR_SETTINGS: JSON.stringify(props.settings),
      },
    });
    this.grant(props);
    const rule = new Rule(this, 'EachMinute', {
      description: 'Lets the governor look.',
      schedule: Schedule.rate(EVERY),
      targets: [new LambdaFunction(this.governor.function, { retryAttempts: 0 })],
    });
    explain(rule, 'Serverless-EventBusDLQ', ANEW);
  }

  private grant({ work, fanOut, receipts, credentials }: GovernorProps): void {
    this.governor.allow(onPrefix(work, 'governor/', ['s3:GetObject', 's3:PutObject']));
    this.governor.allow(onPrefix(work, 'reports/', ['s3:GetObject']));
    this.governor.allow(list(work));
    this.governor.allow({
      actions: ['sqs:GetQueueAttributes'],
      resources: [fanOut.chunks.queue.queueArn],
    });
    this.governor.allow(sendTo(receipts.queue));
    this.governor.allow({
      actions: ['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
      resources: [this.mappingArn(fanOut.mappingId)],
    });
    this.governor.allow({
      actions: ['cloudwatch:GetMetricData'],
      resources: ['*'],
      wildcard: 'Metrics have no ARNs, and this action takes no condition. Reading only.',
    });
    // When it changed, not what it holds.
    this.governor.allow({
      actions: ['secretsmanager:DescribeSecret'],
      resources: [credentials.arnPattern],
    });
  }

  private mappingArn(id: string): string {
    return Stack.of(this).formatArn({
      service: 'lambda',
      resource: 'event-source-mapping',
      resourceName: id,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }
}
