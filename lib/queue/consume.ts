import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { FanoutError } from '../errors.ts';

/**
 * Deliveries that a queue makes beyond the attempts at a message, in which a function only tells that the message
 * was given up, before the queue buries it. The second one is for a function that is killed in the first.
 */
export const LAST_DELIVERIES = 2;

/** Every attempt at a message was cut off. */
export class GivenUpError extends FanoutError {
  override readonly name = 'GivenUpError';
  readonly code = 'GIVEN_UP';
  readonly retryable = false;
}

export interface Consumer {
  readonly handle: (record: SQSRecord) => Promise<void>;
  /** Told of each message that goes back to the queue; may set when it comes again. */
  readonly onFailure: (record: SQSRecord, error: unknown) => Promise<void>;
  /** Deliveries that are attempts. */
  readonly attemptsMax: number;
  /** Takes the place of `handle` once they are used up: cheap, so that what killed the attempts cannot kill it. */
  readonly giveUp: (record: SQSRecord) => Promise<unknown>;
}

/** Handles messages one after another; those that fail go back to the queue, the others are done. */
export const consume = async (
  { Records }: SQSEvent,
  { handle, onFailure, attemptsMax, giveUp }: Consumer,
): Promise<SQSBatchResponse> => {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const record of Records) {
    try {
      if (receiveCountOf(record) > attemptsMax) {
        await giveUp(record);
        throw new GivenUpError(
          `The message has come ${attemptsMax} times before; see what ended those attempts.`,
        );
      }
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
