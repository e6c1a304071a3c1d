import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { FunctionName } from '../build/bundles.ts';
import { allowedEndpoints, type DeployConfig } from '../lib/recipe/deploy-config.ts';
import { governorSettings } from '../lib/recipe/governor-config.ts';
import { credentialsSecret } from './constructs/credentials.ts';
import { FanOut } from './constructs/fan-out.ts';
import { Governor } from './constructs/governor.ts';
import { Intake } from './constructs/intake.ts';
import { Ledger } from './constructs/ledger.ts';
import { Monitoring } from './constructs/monitoring.ts';
import type { RedrivenQueue } from './constructs/redriven-queue.ts';
import { Storage, type StorageProps } from './constructs/storage.ts';

export interface ImporterStackProps extends StackProps {
  readonly config: DeployConfig;
  /** One directory for each function, as build/bundles.ts leaves it. */
  readonly bundleDirs: Readonly<Record<FunctionName, string>>;
  /** What becomes of the buckets when the stack is deleted. */
  readonly removal: StorageProps['removal'];
}

/** The whole importer: drop a file into the Inbox, find its report in Work. */
export class ImporterStack extends Stack {
  constructor(scope: Construct, id: string, { config, bundleDirs, removal, ...props }: ImporterStackProps) {
    super(scope, id, props);
    const { logRetentionDays, secretName, kmsKeyArn } = config;
    const key = kmsKeyArn === undefined ? undefined : Key.fromKeyArn(this, 'Key', kmsKeyArn);
    const storage = new Storage(this, 'Storage', { ...config, key, removal });
    const credentials = credentialsSecret(this, { secretName, key });
    const ledger = new Ledger(this, 'Ledger', {
      work: storage.work,
      bundleDir: bundleDirs.ledger,
      logRetentionDays,
      key,
    });
    const { receipts } = ledger;
    const fanOut = new FanOut(this, 'FanOut', {
      storage,
      receipts,
      credentials,
      endpointsAllowed: allowedEndpoints(config),
      bundleDir: bundleDirs.sender,
      workers: config.recipe.tuning.workers,
      memoryMB: config.recipe.tuning.memory,
      timeout: Duration.seconds(config.senderTimeoutSeconds),
      logRetentionDays,
      key,
    });
    const { chunks } = fanOut;
    const intake = new Intake(this, 'Intake', {
      storage,
      chunks,
      receipts,
      decompressedBytesMax: config.decompressedBytesMax,
      bundleDir: bundleDirs.splitter,
      logRetentionDays,
      key,
    });
    const settings = governorSettings(config.governor, config.recipe);
    const governor = config.governor.enabled
      ? new Governor(this, 'Governor', {
          work: storage.work,
          fanOut,
          receipts,
          credentials,
          settings,
          bundleDir: bundleDirs.governor,
          logRetentionDays,
          key,
        })
      : undefined;
    const monitoring = new Monitoring(this, 'Monitoring', {
      intake,
      fanOut,
      ledger,
      governor,
      quota: settings,
    });
    this.output('InboxBucketName', storage.inbox.bucketName, 'Drop files here.');
    this.output('WorkBucketName', storage.work.bucketName, 'Reports and rejects are here.');
    this.output('DashboardUrl', monitoring.dashboardUrl, 'Backlog, senders and alarms.');
    this.output('CredentialsSecretName', credentials.name, 'Put the Mixpanel credentials here.');
    this.outputQueue('Intake', intake.intake);
    this.outputQueue('Chunks', chunks);
    this.outputQueue('Receipts', receipts);
  }

  /** For `fanout status` and `fanout redrive`, which find the queues through the stack. */
  private outputQueue(name: string, { queue, deadLetterQueue }: RedrivenQueue): void {
    this.output(`${name}QueueUrl`, queue.queueUrl, `${name} queue.`);
    this.output(`${name}DeadLettersUrl`, deadLetterQueue.queueUrl, `Dead letters of the ${name} queue.`);
  }

  private output(id: string, value: string, description: string): void {
    new CfnOutput(this, id, { value, description });
  }
}
