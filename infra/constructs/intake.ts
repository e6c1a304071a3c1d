import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { onPrefix, readInbox, sendTo } from './grants.ts';
import { PipelineFunction } from './pipeline-function.ts';
import { RECEIVES_MAX, RedrivenQueue } from './redriven-queue.ts';
import type { Storage } from './storage.ts';

const TIMEOUT = Duration.seconds(120);
/** One vCPU: a gzip source streams through the splitter. */
const MEMORY_MB = 1_769;
/** Sources that are split at once; the rest wait in the queue. */
const CONCURRENCY = 10;

export interface IntakeProps {
  readonly storage: Storage;
  readonly chunks: RedrivenQueue;
  readonly receipts: RedrivenQueue;
  /** Most that one source may decompress to. */
  readonly decompressedBytesMax: number;
  readonly bundleDir: string;
  readonly logRetentionDays: RetentionDays;
  /** @default keys of AWS's own */
  readonly key?: IKey | undefined;
}

/** Inbox bucket → intake queue → splitter function → chunk messages. */
export class Intake extends Construct {
  readonly intake: RedrivenQueue;
  readonly splitter: PipelineFunction;

  constructor(scope: Construct, id: string, props: IntakeProps) {
    super(scope, id);
    this.intake = new RedrivenQueue(this, 'Intake', { consumerTimeout: TIMEOUT, key: props.key });
    this.notify(props.storage);
    this.splitter = new PipelineFunction(this, 'Splitter', {
      name: 'splitter',
      description: 'Cuts a new object of the Inbox into chunks, one message each.',
      bundleDir: props.bundleDir,
      memoryMB: MEMORY_MB,
      timeout: TIMEOUT,
      logRetentionDays: props.logRetentionDays,
      key: props.key,
      // A source that does not fit the timeout goes on through this function's own queue.
      recursiveLoop: RecursiveLoop.ALLOW,
      environment: {
        WORK_BUCKET: props.storage.work.bucketName,
        INTAKE_QUEUE_URL: this.intake.queue.queueUrl,
        CHUNKS_QUEUE_URL: props.chunks.queue.queueUrl,
        RECEIPTS_QUEUE_URL: props.receipts.queue.queueUrl,
        MAX_RECEIVE_COUNT: String(RECEIVES_MAX),
        DECOMPRESSED_BYTES_MAX: String(props.decompressedBytesMax),
      },
    });
    this.grant(props);
    this.splitter.function.addEventSource(
      new SqsEventSource(this.intake.queue, {
        batchSize: 1,
        maxConcurrency: CONCURRENCY,
        reportBatchItemFailures: true,
      }),
    );
  }

  /**
   * The bucket's own notification property, not `addEventNotification`: that one would put a Python
   * function of the CDK's into the user's account. S3 checks the queue's policy when it writes the
   * notification, so the policy comes first; it cannot name the bucket without a cycle, hence the account.
   */
  private notify({ inbox }: Storage): void {
    const { queue } = this.intake;
    queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('s3.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    const bucket = inbox.node.defaultChild as CfnBucket;
    bucket.notificationConfiguration = {
      queueConfigurations: [{ event: 's3:ObjectCreated:*', queue: queue.queueArn }],
    };
    bucket.node.addDependency(queue);
  }

  private grant({ storage, chunks, receipts }: IntakeProps): void {
    for (const statement of readInbox(storage.inbox)) this.splitter.allow(statement);
    this.splitter.allow(onPrefix(storage.work, 'staged/', ['s3:PutObject']));
    this.splitter.allow(sendTo(chunks.queue, receipts.queue, this.intake.queue));
  }
}
