import type { SQSRecord } from 'aws-lambda';

/** A message as Lambda hands it to a function. */
export const sqsRecord = (messageId: string, body = '', receiveCount = 1): SQSRecord => ({
  messageId,
  body,
  receiptHandle: `handle of ${messageId}`,
  attributes: {
    ApproximateReceiveCount: String(receiveCount),
    SentTimestamp: '0',
    SenderId: 'sender',
    ApproximateFirstReceiveTimestamp: '0',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:q',
  awsRegion: 'us-east-1',
});
