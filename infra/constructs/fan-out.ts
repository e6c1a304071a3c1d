import { Annotations, type Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { CredentialsSecret } from './credentials.ts';
import { list, onPrefix, readInbox, sendTo } from './grants.ts';
import { PipelineFunction } from './pipeline-function.ts';
import { RECEIVES_MAX, RedrivenQueue } from './redriven-queue.ts';
import type { Storage } from './storage.ts';

/** MaximumConcurrency of an event source mapping starts at 2. */
const WORKERS_MIN = 2;

export interface FanOutProps {
  readonly storage: Storage;
  readonly receipts: RedrivenQueue;
  readonly credentials: CredentialsSecret;
  /** Endpoints that a message may name. */
  readonly endpointsAllowed: readonly string[];
  readonly bundleDir: string;
  readonly workers: number;
  readonly memoryMB: number;
  readonly timeout: Duration;
  readonly logRetentionDays: RetentionDays;
  /** @default keys of AWS's own */
  readonly key?: IKey | undefined;
}

/** Chunks queue → sender functions, `workers` at once → Mixpanel. */
export class FanOut extends Construct {
  readonly chunks: RedrivenQueue;
  readonly sender: PipelineFunction;
  /** UUID of the mapping from the queue to the sender. */
  readonly mappingId: string;

  constructor(scope: Construct, id: string, props: FanOutProps) {
    super(scope, id);
    this.chunks = new RedrivenQueue(this, 'Chunks', { consumerTimeout: props.timeout, key: props.key });
    this.sender = new PipelineFunction(this, 'Sender', {
      name: 'sender',
      description: 'Sends the records of one chunk to Mixpanel.',
      bundleDir: props.bundleDir,
      memoryMB: props.memoryMB,
      timeout: props.timeout,
      logRetentionDays: props.logRetentionDays,
      key: props.key,
      // A chunk that does not fit the timeout goes on through this function's own queue.
      recursiveLoop: RecursiveLoop.ALLOW,
      environment: this.environment(props),
    });
    this.grant(props);
    const mapping = new SqsEventSource(this.chunks.queue, {
      batchSize: 1,
      maxConcurrency: this.concurrency(props.workers),
      reportBatchItemFailures: true,
    });
    this.sender.function.addEventSource(mapping);
    this.mappingId = mapping.eventSourceMappingId;
  }

  private environment({
    storage,
    receipts,
    credentials,
    endpointsAllowed,
  }: FanOutProps): Record<string, string> {
    return {
      WORK_BUCKET: storage.work.bucketName,
      CHUNKS_QUEUE_URL: this.chunks.queue.queueUrl,
      RECEIPTS_QUEUE_URL: receipts.queue.queueUrl,
      CREDENTIALS_SECRET: credentials.id,
      ENDPOINTS_ALLOWED: JSON.stringify(endpointsAllowed),
      MAX_RECEIVE_COUNT: String(RECEIVES_MAX),
    };
  }

  private grant({ storage, receipts, credentials }: FanOutProps): void {
    for (const statement of readInbox(storage.inbox)) this.sender.allow(statement);
    this.sender.allow(onPrefix(storage.work, 'staged/', ['s3:GetObject']));
    this.sender.allow(onPrefix(storage.work, 'attempts/', ['s3:GetObject', 's3:PutObject']));
    this.sender.allow(onPrefix(storage.work, 'rejects/', ['s3:PutObject']));
    this.sender.allow(onPrefix(storage.work, 'responses/', ['s3:PutObject', 's3:DeleteObject']));
    this.sender.allow(list(storage.work));
    this.sender.allow(sendTo(this.chunks.queue, receipts.queue));
    this.sender.allow({
      actions: ['secretsmanager:GetSecretValue'],
      resources: [credentials.arnPattern],
    });
  }

  private concurrency(workers: number): number {
    if (workers >= WORKERS_MIN) return workers;
    Annotations.of(this).addWarningV2(
      'mixpanel-fanout:one-worker',
      `workers is ${workers}, and Lambda's MaximumConcurrency starts at ${WORKERS_MIN}: ${WORKERS_MIN} senders will run at once.`,
    );
    return WORKERS_MIN;
  }
}
