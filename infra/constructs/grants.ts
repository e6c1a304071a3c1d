import type { PolicyStatementProps } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';

/** One statement of a role. docs/security.md has a row for each; test/infra/grants.test.ts compares. */
export interface Grant extends PolicyStatementProps {
  readonly resources: string[];
  /** Why its resources are a pattern, where they are. */
  readonly wildcard?: string;
}

/** Read any object of the Inbox, pinned to a version. */
export const readInbox = (inbox: Bucket): Grant[] => [
  {
    actions: ['s3:GetObject', 's3:GetObjectVersion'],
    resources: [inbox.arnForObjects('*')],
    wildcard: 'The user drops files under any key; all of them are to be imported. Reading only.',
  },
  list(inbox),
];

/** The actions on the keys under one prefix, which ends in a slash. */
export const onPrefix = (bucket: Bucket, prefix: string, actions: string[]): Grant => ({
  actions,
  resources: [bucket.arnForObjects(`${prefix}*`)],
  wildcard: `Keys under ${prefix} are made of import ids, which do not exist before the deploy.`,
});

/**
 * Without it a missing key answers 403 instead of 404. Not narrowed to a prefix: a GET has no
 * `s3:prefix`, so the condition would fail and the answer would be 403 again.
 */
export const list = (bucket: Bucket): Grant => ({
  actions: ['s3:ListBucket'],
  resources: [bucket.bucketArn],
});

/** What reading and writing encrypted objects and messages takes; nothing of the key itself. */
export const useKey = (key: IKey): Grant => ({
  actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
  resources: [key.keyArn],
});

export const sendTo = (...queues: Queue[]): Grant => ({
  actions: ['sqs:SendMessage'],
  resources: queues.map((queue) => queue.queueArn),
});
