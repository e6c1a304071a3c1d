import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Deployment, QueueUrls } from './deployment-parts.ts';
import type { Importer } from './importer.ts';
import { s3WorkFiles } from './s3-work-files.ts';
import { UsageError } from './usage-error.ts';

export interface OpenedDeployment {
  readonly importer: Omit<Importer, 'shown'>;
  readonly close: () => void;
}

/** The importer whose Work bucket this is; its queues stay unknown. Endpoint, Region and credentials are the environment's. */
export const openBucket = (bucket: string): OpenedDeployment => open(`bucket ${bucket}`, bucket);

/**
 * The importer that a stack is, by its outputs.
 *
 * @throws {UsageError} when there is no such stack, or it is not one of this version
 */
export const openStack = async (stack: string): Promise<OpenedDeployment> => {
  const outputs = await outputsOf(stack);
  const output = (name: string): string => {
    const value = outputs.get(name);
    if (value !== undefined) return value;
    throw new UsageError(
      `Stack ${stack} has no output ${name}: it is another program's, or of an earlier version. Deploy it again, or give another --stack.`,
    );
  };
  const queue = (name: string): QueueUrls => ({
    url: output(`${name}QueueUrl`),
    deadLetterUrl: output(`${name}DeadLettersUrl`),
  });
  return open(`stack ${stack}`, output('WorkBucketName'), {
    inboxBucket: output('InboxBucketName'),
    queues: { intake: queue('Intake'), chunks: queue('Chunks'), receipts: queue('Receipts') },
  });
};

const open = (name: string, bucket: string, parts?: Deployment['parts']): OpenedDeployment => {
  const s3 = new S3Client({});
  const sqs = new SQSClient({});
  const deployment = { s3, sqs, ...(parts ? { parts } : {}) };
  return {
    importer: { name, work: s3WorkFiles(s3, bucket), deployment },
    close: () => {
      s3.destroy();
      sqs.destroy();
    },
  };
};

const outputsOf = async (stack: string): Promise<ReadonlyMap<string, string>> => {
  const client = new CloudFormationClient({});
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    const outputs = Stacks[0]?.Outputs ?? [];
    return new Map(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
  } catch (cause) {
    if (!(cause instanceof Error) || !/does not exist/.test(cause.message)) throw cause;
    const region = await client.config.region();
    throw new UsageError(
      `There is no stack ${stack} in ${region}. Deploy it (npx cdk deploy), give its --stack name, set AWS_REGION, or give the --folder of imports from this machine.`,
      { cause },
    );
  } finally {
    client.destroy();
  }
};
