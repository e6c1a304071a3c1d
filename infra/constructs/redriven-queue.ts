import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { LAST_DELIVERIES } from '../../lib/queue/consume.ts';
import { explain } from './explained.ts';

/** Attempts at a message before it is given up. AWS advises 5 or more for a Lambda consumer. */
export const RECEIVES_MAX = 5;

/** A message moved to a dead-letter queue keeps its age: 14 days less 10 leave at least 4 to act on it. */
const RETENTION = Duration.days(10);
const DEAD_LETTER_RETENTION = Duration.days(14);

/** Lambda refuses less than 1 and advises 6: room for retries of a throttled invocation. */
const VISIBILITY_TIMEOUTS = 6;

export interface RedrivenQueueProps {
  /** Timeout of the function that consumes the queue. */
  readonly consumerTimeout: Duration;
  /** How long Lambda gathers a batch before it invokes. @default 0 s */
  readonly batchingWindow?: Duration;
  /** @default a key of SQS's own */
  readonly key?: IKey | undefined;
}

/** An encrypted, TLS-only queue whose undeliverable messages are kept in a dead-letter queue. */
export class RedrivenQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: RedrivenQueueProps) {
    super(scope, id);
    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      ...secured(props),
      retentionPeriod: DEAD_LETTER_RETENTION,
    });
    explain(
      this.deadLetterQueue,
      'Serverless-SQSRedrivePolicy',
      'It is the dead-letter queue: an alarm rings for its first message, and a redrive empties it.',
    );
    this.queue = new Queue(this, 'Queue', {
      ...secured(props),
      retentionPeriod: RETENTION,
      visibilityTimeout: visibilityTimeout(props),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: RECEIVES_MAX + LAST_DELIVERIES },
    });
  }
}

const secured = ({ key }: RedrivenQueueProps): QueueProps => ({
  enforceSSL: true,
  ...(key
    ? { encryption: QueueEncryption.KMS, encryptionMasterKey: key }
    : { encryption: QueueEncryption.SQS_MANAGED }),
});

const visibilityTimeout = ({ consumerTimeout, batchingWindow }: RedrivenQueueProps): Duration =>
  Duration.seconds(consumerTimeout.toSeconds() * VISIBILITY_TIMEOUTS + (batchingWindow?.toSeconds() ?? 0));
