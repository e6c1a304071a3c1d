import type { PolicyStatementProps } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';

/** Read any object of the Inbox, pinned to a version. */
export const readInbox = (inbox: Bucket): PolicyStatementProps[] => [
  { actions: ['s3:GetObject', 's3:GetObjectVersion'], resources: [inbox.arnForObjects('*')] },
  list(inbox),
];

/** The actions on the keys under one prefix, which ends in a slash. */
export const onPrefix = (bucket: Bucket, prefix: string, actions: string[]): PolicyStatementProps => ({
  actions,
  resources: [bucket.arnForObjects(`${prefix}*`)],
});

/**
 * Without it a missing key answers 403 instead of 404. Not narrowed to a prefix: a GET has no
 * `s3:prefix`, so the condition would fail and the answer would be 403 again.
 */
export const list = (bucket: Bucket): PolicyStatementProps => ({
  actions: ['s3:ListBucket'],
  resources: [bucket.bucketArn],
});

export const sendTo = (...queues: Queue[]): PolicyStatementProps => ({
  actions: ['sqs:SendMessage'],
  resources: queues.map((queue) => queue.queueArn),
});
