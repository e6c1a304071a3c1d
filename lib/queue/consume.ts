import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

export interface Consumer {
  readonly handle: (record: SQSRecord) => Promise<void>;
  /** Told of each message that goes back to the queue; may set when it comes again. */
  readonly onFailure: (record: SQSRecord, error: unknown) => Promise<void>;
}

/** Handles messages one after another; those that fail go back to the queue, the others are done. */
export const consume = async (
  { Records }: SQSEvent,
  { handle, onFailure }: Consumer,
): Promise<SQSBatchResponse> => {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const record of Records) {
    try {
      await handle(record);
    } catch (error) {
      batchItemFailures.push({ itemIdentifier: record.messageId });
      await onFailure(record, error);
    }
  }
  return { batchItemFailures };
};

/** How often a message has been received, this time included. */
export const receiveCountOf = (record: SQSRecord): number =>
  Number(record.attributes.ApproximateReceiveCount);
