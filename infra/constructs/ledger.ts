import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { list, onPrefix } from './grants.ts';
import { PipelineFunction } from './pipeline-function.ts';
import { RedrivenQueue } from './redriven-queue.ts';

/** A fold takes about a second; the visibility timeout, six times this, is how long a failed one waits. */
const TIMEOUT = Duration.seconds(30);
const MEMORY_MB = 512;
/** Many receipts are folded into a report by one conditional write. */
const BATCH_SIZE = 500;
const BATCHING_WINDOW = Duration.seconds(2);
/** The least that Lambda allows: two writers of one report only get in each other's way. */
const CONCURRENCY = 2;

export interface LedgerProps {
  readonly work: Bucket;
  readonly bundleDir: string;
  readonly logRetentionDays: RetentionDays;
  /** @default keys of AWS's own */
  readonly key?: IKey | undefined;
}

/** Receipts queue → ledger function → `reports/` in the Work bucket. */
export class Ledger extends Construct {
  readonly receipts: RedrivenQueue;
  readonly ledger: PipelineFunction;

  constructor(scope: Construct, id: string, props: LedgerProps) {
    super(scope, id);
    this.receipts = new RedrivenQueue(this, 'Receipts', {
      consumerTimeout: TIMEOUT,
      batchingWindow: BATCHING_WINDOW,
      key: props.key,
    });
    this.ledger = new PipelineFunction(this, 'Ledger', {
      name: 'ledger',
      description: 'Folds the receipts of finished chunks into the report of their import.',
      bundleDir: props.bundleDir,
      memoryMB: MEMORY_MB,
      timeout: TIMEOUT,
      logRetentionDays: props.logRetentionDays,
      key: props.key,
      environment: { WORK_BUCKET: props.work.bucketName },
    });
    this.grant(props);
    this.ledger.function.addEventSource(
      new SqsEventSource(this.receipts.queue, {
        batchSize: BATCH_SIZE,
        maxBatchingWindow: BATCHING_WINDOW,
        maxConcurrency: CONCURRENCY,
        reportBatchItemFailures: true,
      }),
    );
  }

  private grant({ work }: LedgerProps): void {
    this.ledger.allow(onPrefix(work, 'reports/', ['s3:GetObject', 's3:PutObject']));
    this.ledger.allow(list(work));
  }
}
